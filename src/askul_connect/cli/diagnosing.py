"""``diagnose`` and ``faq``: causes and remedies, without any supplier or directory (AUTH-3, SUP-5)."""

from __future__ import annotations

import click

from askul_connect import bootstrap
from askul_connect.cli.failures import ExitCode
from askul_connect.cli.invocation import Invocation, command
from askul_connect.cli.language import japanese
from askul_connect.cli.output import print_json, print_lines


def add_to(application: click.Group) -> None:
    """Add the commands."""

    @click.argument("code", required=False, default="")
    @click.option("--symptom", default="", help="What is seen instead of a code, such as blank-page.")
    @click.option("--disturbed", is_flag=True, help="A disturbance is reported: look at that first.")
    def diagnose(invocation: Invocation, code: str, symptom: str, disturbed: bool) -> int:
        """Say what an error code or a symptom of the supplier's login means, and what to do."""
        found = bootstrap.login_diagnosis(code, symptom, disturbance_nearby=disturbed)
        if invocation.as_json:
            print_json(found)
            return ExitCode.DONE
        ja = japanese()
        for cause in found.causes:
            print_lines([cause.title_ja if ja else cause.title_en])
            steps = cause.steps_ja if ja else cause.steps_en
            print_lines([f"  {number}. {step}" for number, step in enumerate(steps, 1)])
            print_lines([f"  -> {cause.channel}", ""])
        return ExitCode.DONE

    @click.argument("words", nargs=-1)
    def faq(invocation: Invocation, words: tuple[str, ...]) -> int:
        """Search the frequent questions about login and account; without words, list them."""
        found = bootstrap.faq_search(" ".join(words))
        if invocation.as_json:
            print_json(found.answers)
            return ExitCode.DONE
        ja = japanese()
        for one in found.answers:
            print_lines(
                [
                    one.question_ja if ja else one.question_en,
                    f"  {one.answer_ja if ja else one.answer_en}",
                    "",
                ]
            )
        return ExitCode.DONE if found.answers else ExitCode.REJECTED

    command(application, "diagnose", "json", "trial", "quiet")(diagnose)
    command(application, "faq", "json", "trial", "quiet")(faq)
