"""One person's six deadlines by OpenFisca-core, in an environment of its own: prints how many persons a second.

The same question as one plan of ours at its simplest: from the day of registration and the acts' values to six days.
It gives no explanation.
"""

import sys
import time
from datetime import date

import numpy
from openfisca_core.entities import Entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERSON = Entity("person", "persons", "A person", "")
PERIOD = "2024-01-15"
DAYS_AFTER = (14, 61, 91, 122, 152, 182)


class registered_on(Variable):  # noqa: N801 - OpenFisca's variables are named so
    value_type = date
    entity = PERSON
    definition_period = DateUnit.DAY
    label = "the day of registration"


def _deadline(number: int, days: int) -> type[Variable]:
    def formula(persons, period, parameters):  # type: ignore[no-untyped-def]  # a formula of OpenFisca
        return persons("registered_on", period) + numpy.timedelta64(days, "D")

    fields = {"value_type": registered_on.value_type, "entity": PERSON, "definition_period": DateUnit.DAY}
    return type(f"due_{number}", (Variable,), {**fields, "label": f"deadline {number}", "formula": formula})


def main(for_seconds: float) -> None:
    system = TaxBenefitSystem([PERSON])
    deadlines = [_deadline(number, days) for number, days in enumerate(DAYS_AFTER, start=1)]
    system.add_variables(registered_on, *deadlines)
    asked, until = 0, time.perf_counter() + for_seconds
    while time.perf_counter() < until:
        simulation = SimulationBuilder().build_default_simulation(system, count=1)
        day = numpy.array([numpy.datetime64("2024-01-15") + asked % 1000])
        simulation.set_input("registered_on", PERIOD, day)
        for deadline in deadlines:
            simulation.calculate(deadline.__name__, PERIOD)
        asked += 1
    print(asked / for_seconds)


if __name__ == "__main__":
    main(float(sys.argv[1]))
