"""The journey through each way in, on one service with demo companies."""
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../support")]

import journey  # noqa: E402
from service import Service  # noqa: E402


class JourneyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(customers=60))

    def test_a_clerk_insures_a_vehicle_with_the_command_line(self):
        journey.run(journey.CommandLine(self.service), self.service, "T 611 QXA", "0754611001")

    def test_a_clerk_insures_a_vehicle_over_plain_ssh(self):
        journey.run(journey.Exec(self.service), self.service, "T 612 QXA", "0754612002")

    def test_a_program_insures_a_vehicle_over_the_json_subsystem(self):
        way = journey.JsonLines(self.service)
        self.addCleanup(way.close)
        journey.run(way, self.service, "T 613 QXA", "0754613003")


if __name__ == "__main__":
    unittest.main()
