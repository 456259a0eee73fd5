/* The sealed text of a certificate, and the printed certificate around it. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/certificate/certificate.h"

#include "server/report/certificate_page.h"

static struct arena arena;
static struct signer signer;
static struct str sealed;

static struct certificate_facts
facts(void)
{
    return (struct certificate_facts){
        .number = STR("C/KK/2026/000001"),
        .company = STR("Simba Insurance"),
        .vehicle_class = STR("Car"),
        .plate = STR("T 337 DSE"),
        .chassis = STR("WVGZZZ5NZEW069297"),
        .usage = STR("private"),
        .holder = STR("Salma Ibrahim Élodie"),
        .from = date_of((struct civil){2026, 3, 1}),
        .to = date_of((struct civil){2027, 2, 28}),
    };
}

static void
open_all(void)
{
    char path[] = "/tmp/bima-seed-XXXXXX";
    struct err err = {0};
    cr_assert_eq(crypt_start(NULL), RC_OK);
    arena_init(&arena, 64 << 20, NULL, NULL);
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    close(fd);
    unlink(path);
    cr_assert_eq(signer_load(&signer, path, true, &err), RC_OK, "%s", err.log);
    unlink(path);
    struct certificate_facts f = facts();
    cr_assert_eq(certificate_seal(&arena, &f, &signer, &sealed, NULL), RC_OK);
}

static void
close_all(void)
{
    signer_done(&signer);
    arena_done(&arena);
}

TestSuite(certificate, .init = open_all, .fini = close_all);

static void
expect_facts(const struct certificate_facts *got)
{
    struct certificate_facts want = facts();
    cr_expect(str_eq(got->number, want.number));
    cr_expect(str_eq(got->company, want.company));
    cr_expect(str_eq(got->vehicle_class, want.vehicle_class));
    cr_expect(str_eq(got->plate, want.plate));
    cr_expect(str_eq(got->chassis, want.chassis));
    cr_expect(str_eq(got->usage, want.usage));
    cr_expect(str_eq(got->holder, want.holder));
    cr_expect_eq(got->from.days, want.from.days);
    cr_expect_eq(got->to.days, want.to.days);
}

Test(certificate, says_what_was_sealed)
{
    struct certificate_facts got;
    cr_assert_eq(certificate_open(&arena, sealed, signer.public_key, &got, NULL), RC_OK);
    expect_facts(&got);
    cr_assert_eq(certificate_read(&arena, sealed, &got, NULL), RC_OK);
    expect_facts(&got);
}

/* A fresh arena per try: 8 bits of some 350 characters, each a few hundred bytes. */
static enum rc
verify_once(struct str text)
{
    struct arena a;
    struct certificate_facts got;
    arena_init(&a, 1 << 20, NULL, NULL);
    enum rc rc = certificate_verify(&a, text, signer.public_key, &got, NULL);
    arena_done(&a);
    return rc;
}

Test(certificate, any_flipped_bit_fails)
{
    char *copy = arena_alloc(&arena, sealed.n);
    memcpy(copy, sealed.p, sealed.n);
    cr_assert_eq(verify_once((struct str){copy, sealed.n}), RC_OK);
    for (size_t i = 0; i < 8 * sealed.n; i++) {
        copy[i / 8] = (char)(copy[i / 8] ^ (1 << (i % 8)));
        cr_expect_neq(verify_once((struct str){copy, sealed.n}), RC_OK, "bit %zu of character %zu", i % 8,
                      i / 8);
        copy[i / 8] = (char)(copy[i / 8] ^ (1 << (i % 8)));
    }
}

Test(certificate, every_shorter_text_and_another_key_fail)
{
    unsigned char other[CRYPT_SIGN_PUBLIC];
    struct certificate_facts got;
    struct err err;
    for (size_t n = 0; n < sealed.n; n++)
        cr_expect_neq(verify_once(str_slice(sealed, 0, n)), RC_OK, "%zu characters", n);
    memcpy(other, signer.public_key, sizeof other);
    other[7] = (unsigned char)(other[7] ^ 1);
    cr_expect_eq(certificate_open(&arena, sealed, other, &got, &err), RC_REFUSED);
}

static struct certificate_page
page(void)
{
    return (struct certificate_page){
        .facts = facts(),
        .sealed = sealed,
        .header = STR("P.O. Box 4321, Dar es Salaam\nLicensed by the regulator"),
        .policy = STR("KK/2026/000001"),
        .product = STR("Motor comprehensive"),
        .vehicle = STR("Toyota Hiace 2019, white"),
        .branch = STR("Kariakoo"),
        .issued_by = STR("Juma Mkwawa"),
        .issued_at = {825670800000000},
        .offset_minutes = 180,
    };
}

static bool
contains(struct str text, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= text.n; i++)
        if (memcmp(text.p + i, word, n) == 0)
            return true;
    return false;
}

Test(certificate, printed_as_text_says_everything_and_verifies)
{
    struct certificate_page p = page();
    struct certificate_facts got;
    struct str text = certificate_text(&arena, &p), rest = text;
    static const char *const words[] = {
        "Simba Insurance",  "C/KK/2026/000001",
        "KK/2026/000001",   "Motor comprehensive",
        "T 337 DSE",        "Car",
        "private",          "1 March 2026",
        "28 February 2027", "Salma Ibrahim",
        "Kariakoo",         "2026-03-01 12:00",
        "P.O. Box 4321",    "WVGZZZ5NZEW069297",
    };
    for (size_t i = 0; i < COUNTOF(words); i++)
        cr_expect(contains(text, words[i]), "%s", words[i]);
    while (rest.n > 0)
        cr_expect_leq(str_split(&rest, '\n').n, 80);
    cr_assert_eq(certificate_verify(&arena, text, signer.public_key, &got, NULL), RC_OK);
    expect_facts(&got);
}

Test(certificate, where_it_comes_from_is_told_as_far_as_it_is_known)
{
    struct certificate_page p = page();
    cr_expect(contains(certificate_text(&arena, &p), "Issued 2026-03-01 12:00 by Juma Mkwawa, Kariakoo.\n"));
    p.issued_by = STR_NONE;
    cr_expect(contains(certificate_text(&arena, &p), "Issued 2026-03-01 12:00, Kariakoo.\n"));
    p.branch = STR_NONE;
    cr_expect(contains(certificate_text(&arena, &p), "Issued 2026-03-01 12:00.\n"));
}

Test(certificate, text_with_other_line_ends_and_an_indent_still_verifies)
{
    struct certificate_page p = page();
    struct certificate_facts got;
    struct str text = certificate_text(&arena, &p);
    struct buf b;
    buf_init(&b, &arena, 2 * text.n);
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] == '\n')
            buf_add_str(&b, STR("\r\n  "));
        else
            buf_add_char(&b, text.p[i]);
    cr_expect_eq(certificate_verify(&arena, buf_str(&b), signer.public_key, &got, NULL), RC_OK);
}

Test(certificate, printed_as_pdf_it_verifies_from_the_file)
{
    struct certificate_page p = page();
    struct certificate_facts got;
    struct str pdf;
    cr_assert_eq(certificate_pdf(&arena, &p, &pdf, NULL), RC_OK);
    cr_expect(str_starts(pdf, STR("%PDF-1.4")));
    cr_assert_eq(certificate_verify(&arena, pdf, signer.public_key, &got, NULL), RC_OK);
    expect_facts(&got);
}

/* Runs a program with its output in a file; its exit status. */
static int
run(const char *const *argv, const char *output)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        int fd = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(fd, STDOUT_FILENO);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct str
read_file(const char *path)
{
    char *bytes = arena_alloc(&arena, 1 << 16);
    FILE *f = fopen(path, "rb");
    cr_assert_not_null(f, "%s", path);
    size_t n = fread(bytes, 1, 1 << 16, f);
    fclose(f);
    return (struct str){bytes, n};
}

Test(certificate, a_camera_reads_the_sealed_text_off_the_page)
{
    char dir[] = "/tmp/bima-page-XXXXXX";
    struct certificate_page p = page();
    struct str pdf;
    cr_assert_not_null(mkdtemp(dir));
    const char *file = str_printf(&arena, "%s/page.pdf", dir).p,
               *image = str_printf(&arena, "%s/page", dir).p;
    const char *png = str_printf(&arena, "%s/page.png", dir).p, *code = str_printf(&arena, "%s/code", dir).p;
    cr_assert_eq(certificate_pdf(&arena, &p, &pdf, NULL), RC_OK);
    FILE *f = fopen(file, "wb");
    cr_assert_not_null(f);
    cr_assert_eq(fwrite(pdf.p, 1, pdf.n, f), pdf.n);
    fclose(f);
    const char *const draw[] = {"pdftoppm", "-r", "200", "-png", "-singlefile", file, image, NULL};
    const char *const scan[] = {"zbarimg", "--nodbus", "--quiet", "--raw", "--oneshot", png, NULL};
    cr_assert_eq(run(draw, "/dev/null"), 0);
    cr_assert_eq(run(scan, code), 0);
    cr_expect(str_eq(str_trim(read_file(code)), sealed));
    const char *const made[] = {file, png, code};
    for (size_t i = 0; i < COUNTOF(made); i++)
        unlink(made[i]);
    rmdir(dir);
}

Test(certificate, a_vehicle_without_a_plate_is_printed_with_its_chassis)
{
    struct certificate_page p = page();
    struct certificate_facts f = facts(), got;
    struct str pdf;
    f.plate = STR_NONE;
    cr_assert_eq(certificate_seal(&arena, &f, &signer, &p.sealed, NULL), RC_OK);
    p.facts = f;
    cr_assert_eq(certificate_pdf(&arena, &p, &pdf, NULL), RC_OK);
    cr_assert_eq(certificate_verify(&arena, pdf, signer.public_key, &got, NULL), RC_OK);
    cr_expect_eq(got.plate.n, 0);
    cr_expect_not(contains(certificate_text(&arena, &p), "Plate"));
}

Test(certificate, withdrawn_ones_carry_nothing_that_verifies)
{
    struct certificate_page p = page();
    struct certificate_facts got;
    struct str pdf;
    struct err err;
    p.withdrawn = true;
    cr_assert_eq(certificate_pdf(&arena, &p, &pdf, NULL), RC_OK);
    cr_expect_eq(certificate_verify(&arena, pdf, signer.public_key, &got, &err), RC_BAD_PARAMS);
    struct str text = certificate_text(&arena, &p);
    cr_expect(contains(text, "WITHDRAWN"));
    cr_expect_eq(certificate_verify(&arena, text, signer.public_key, &got, &err), RC_BAD_PARAMS);
}

Test(certificate, a_file_with_two_different_ones_is_refused)
{
    struct certificate_facts f = facts(), got;
    struct str other;
    struct err err;
    f.holder = STR("Somebody Else");
    cr_assert_eq(certificate_seal(&arena, &f, &signer, &other, NULL), RC_OK);
    struct str both = str_printf(&arena, "%.*s\n\n%.*s\n", STR_ARG(sealed), STR_ARG(other));
    cr_expect_eq(certificate_verify(&arena, both, signer.public_key, &got, &err), RC_REFUSED);
    struct str twice = str_printf(&arena, "%.*s\n\n%.*s\n", STR_ARG(sealed), STR_ARG(sealed));
    cr_expect_eq(certificate_verify(&arena, twice, signer.public_key, &got, &err), RC_OK);
}

Test(certificate, names_too_long_for_a_code_are_refused)
{
    struct certificate_facts f = facts();
    struct str got = STR_NONE;
    char *name = arena_alloc(&arena, 2000);
    memset(name, 'a', 2000);
    f.holder = (struct str){name, 2000};
    cr_expect_eq(certificate_seal(&arena, &f, &signer, &got, NULL), RC_TOO_LARGE);
}

Test(certificate, public_keys_are_read_as_hex_and_base64)
{
    unsigned char key[CRYPT_SIGN_PUBLIC];
    char hex[2 * CRYPT_SIGN_PUBLIC + 1];
    struct err err;
    struct str bytes = {(const char *)signer.public_key, CRYPT_SIGN_PUBLIC};
    const struct str forms[] = {str_from(crypt_hex(signer.public_key, CRYPT_SIGN_PUBLIC, hex)),
                                crypt_base64(&arena, bytes), crypt_base64url(&arena, bytes)};
    for (size_t i = 0; i < COUNTOF(forms); i++) {
        memset(key, 0, sizeof key);
        cr_assert_eq(certificate_key(&arena, str_printf(&arena, " %.*s\n", STR_ARG(forms[i])), key, &err),
                     RC_OK);
        cr_expect_arr_eq(key, signer.public_key, sizeof key);
    }
    cr_expect_eq(certificate_key(&arena, STR("abcd"), key, &err), RC_BAD_PARAMS);
    cr_expect_eq(certificate_key(&arena, STR("no key at all!"), key, &err), RC_BAD_PARAMS);
    cr_expect_str_eq(err.field, "key");
}
