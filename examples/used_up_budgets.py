"""Runs a directory once and names budgets with little left: python examples/used_up_budgets.py DIR [PERCENT].

Ends with the run's own exit code, so it can stand where `askul-connect run` stands in a scheduler.
"""

import sys

from askul_connect import AskulConnectError, open_workspace


def main(directory: str, percent: int) -> int:
    """Run, and print each budget of which less than a share is left."""
    with open_workspace(directory) as workspace:
        report = workspace.run()
        for budget in workspace.budgets():
            # Amounts are integers in minor units, so this compares exactly.
            if budget["available"] * 100 < budget["budget"] * percent:
                print(budget["department"], budget["period"], budget["available"], budget["currency"], "left")
    for rejection in report.rejections:
        print(f"{rejection.document}: {rejection.error}", file=sys.stderr)
    return report.exit_code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 25))
    except AskulConnectError as error:
        sys.exit(f"{error.fault}: {error}")
