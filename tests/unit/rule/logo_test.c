/* A company's picture on its certificates. */
#define _GNU_SOURCE /* memmem */
#include <criterion/criterion.h>
#include <string.h>

#include "common/base/arena.h"
#include "server/report/certificate_page.h"
#include "server/report/logo.h"

/* A red PNG of 2 by 1 pixels. */
static const unsigned char picture[] = {
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48,
    0x44, 0x52, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x08, 0x02, 0x00, 0x00,
    0x00, 0x7b, 0x40, 0xe8, 0xdd, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x44, 0x41, 0x54, 0x78,
    0xda, 0x63, 0xf8, 0xcf, 0xc0, 0x00, 0x44, 0x00, 0x08, 0xfe, 0x01, 0xff, 0x19, 0xc0,
    0x6b, 0xe7, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

static struct str
png(void)
{
    return (struct str){(const char *)picture, sizeof picture};
}

Test(logo, a_png_picture_is_taken)
{
    struct err e = {0};
    cr_expect_eq(logo_check(png(), &e), RC_OK, "%s", e.text);
}

Test(logo, what_is_none_or_asks_for_too_much_is_refused)
{
    struct err e;
    unsigned char bad[sizeof picture];
    cr_expect_eq(logo_check(STR(""), &e), RC_BAD_PARAMS);
    cr_expect_eq(logo_check(STR("<svg xmlns='http://www.w3.org/2000/svg'/>"), &e), RC_BAD_PARAMS);
    for (size_t n = 0; n < sizeof picture - 12; n++) /* cut anywhere before its end */
        cr_expect_eq(logo_check((struct str){(const char *)picture, n}, &e), RC_BAD_PARAMS, "%zu bytes", n);
    memcpy(bad, picture, sizeof bad);
    bad[17] = 0x01; /* 65,538 pixels wide */
    cr_expect_eq(logo_check((struct str){(const char *)bad, sizeof bad}, &e), RC_BAD_PARAMS);
}

Test(logo, it_stands_on_the_certificate_and_one_that_can_not_be_read_is_left_out)
{
    struct arena a;
    struct str plain, with, broken;
    struct err e = {0};
    arena_init(&a, 64 << 20, NULL, NULL);
    struct certificate_page page = {
        .facts = {.number = STR("C/1"), .company = STR("Simba Insurance")},
        .sealed = STR("BIMA1.x"),
    };
    cr_assert_eq(certificate_pdf(&a, &page, &plain, &e), RC_OK, "%s%s", e.text, e.log);
    page.logo = png();
    cr_assert_eq(certificate_pdf(&a, &page, &with, &e), RC_OK, "%s%s", e.text, e.log);
    page.logo = STR("no picture");
    cr_assert_eq(certificate_pdf(&a, &page, &broken, &e), RC_OK, "%s%s", e.text, e.log);
    cr_expect(memmem(with.p, with.n, "/Image", 6) != NULL);
    cr_expect(memmem(plain.p, plain.n, "/Image", 6) == NULL);
    cr_expect(memmem(broken.p, broken.n, "/Image", 6) == NULL);
    arena_done(&a);
}
