// A foreign client: Node's `soap` package with our WSDL. Reads one JSON object, calls, prints a JSON array of answers.
"use strict";

const fs = require("fs");
const http = require("http");
const soap = require("soap");

async function call(port, one) {
  return await new Promise((resolve) => {
    port[one.name](one.arguments, (error, answer) => {
      if (!error) {
        resolve({ answer });
        return;
      }
      const fault = error.root && error.root.Envelope && error.root.Envelope.Body.Fault;
      const detail = fault && (fault.detail || fault.Detail);
      resolve({ code: detail && detail.problem ? detail.problem.code : String(error.message).slice(0, 500) });
    });
  });
}

// What the description does not know of is posted as it was recorded: the supplier's side of it has to happen still.
async function post(address, one) {
  await new Promise((resolve, reject) => {
    const sent = http.request(address, { method: "POST", headers: one.headers, agent: false }, (answer) => {
      answer.resume();
      answer.on("end", resolve);
    });
    sent.on("error", reject);
    sent.end(one.body);
  });
  return { unknown: true };
}

async function main() {
  const asked = JSON.parse(fs.readFileSync(0, "utf8"));
  const options = { endpoint: asked.address, forceSoap12Headers: asked.port === "Supplier12" };
  const client = await soap.createClientAsync(asked.wsdl, options);
  const described = Object.keys(client.describe().Supplier[asked.port]);
  const port = client.Supplier[asked.port];
  const answers = [];
  for (const one of asked.calls) {
    if (!described.includes(one.name)) {
      answers.push(await post(asked.address, one));
      continue;
    }
    client.clearSoapHeaders();
    client.addSoapHeader({ callHeader: { attributes: { xmlns: asked.namespace }, ...one.header } });
    answers.push(await call(port, one));
  }
  process.stdout.write(JSON.stringify({ described, answers }));
}

main().catch((error) => {
  process.stderr.write(String(error.stack));
  process.exitCode = 1;
});
