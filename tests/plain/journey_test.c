#include <criterion/criterion.h>
#include <string.h>

#include "tests/plain/harness.h"

/* New business: vehicle, customer, policy, payment; one line an answer. */
#define VEHICLE "T 999 XYZ\ncar\nNissan Note\n2012\n"
#define CUSTOMER "ind\nRehema Ally\n0655 010 203\n\n\nIlala\n"
#define POLICY "compr\n15m\n\n\n"
#define PAYMENT "\n\n\n"

Test(journey, new_business_from_plate_to_certificate)
{
    int status;
    const char *said =
        talk_script("new business\n" VEHICLE CUSTOMER POLICY PAYMENT "\n1\n1\n\nquit\n", &status);
    expect_transcript(said, "new_business");
    cr_assert_eq(status, 0);
}
