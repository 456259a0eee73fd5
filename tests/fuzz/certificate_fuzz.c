#include "common/certificate/certificate.h"

#include <stdlib.h>
#include <unistd.h>

#include "common/base/utf8.h"
#include "tests/fuzz/fuzz.h"

/* Any bytes shown as a certificate, and a genuine certificate with some of its characters changed. */

/* A key that is the same in every run, so that what was found is found again. */
static const struct signer *
the_signer(void)
{
    static struct signer signer;
    if (signer.key.p)
        return &signer;
    char path[] = "/tmp/bima-fuzz-XXXXXX";
    int fd = mkstemp(path);
    ASSERT(fd >= 0);
    for (int i = 0; i < CRYPT_SIGN_SEED; i++)
        ASSERT(write(fd, "5a", 2) == 2);
    close(fd);
    ASSERT(signer_load(&signer, path, false, NULL) == RC_OK);
    unlink(path);
    return &signer;
}

static struct str
seal(struct arena *a, struct str holder)
{
    const struct certificate_facts facts = {
        .number = STR("C/KK/2026/000001"),
        .company = STR("Simba Insurance"),
        .vehicle_class = STR("Car"),
        .plate = STR("T 337 DSE"),
        .chassis = STR("WVGZZZ5NZEW069297"),
        .usage = STR("private"),
        .holder = holder,
        .from = date_of((struct civil){2026, 3, 1}),
        .to = date_of((struct civil){2027, 2, 28}),
    };
    struct str sealed = STR_NONE;
    enum rc rc = certificate_seal(a, &facts, the_signer(), &sealed, NULL);
    ASSERT(rc == RC_OK || rc == RC_TOO_LARGE);
    return sealed;
}

/* What is found is found in itself; it is one of ours only when its signature holds. */
static void
check_bytes(struct arena *a, struct str bytes)
{
    struct certificate_facts read, verified;
    struct str found = STR_NONE, again = STR_NONE;
    enum rc rc = certificate_verify(a, bytes, the_signer()->public_key, &verified, NULL);
    ASSERT(rc == RC_OK || rc == RC_REFUSED || rc == RC_BAD_PARAMS);
    if (certificate_find(a, bytes, &found, NULL)) {
        ASSERT(rc != RC_OK);
        return;
    }
    ASSERT(str_starts(found, STR("BIMA1.")) && found.n <= CERTIFICATE_TEXT_MAX);
    ASSERT(certificate_find(a, found, &again, NULL) == RC_OK && str_eq(found, again));
    if (certificate_read(a, found, &read, NULL))
        ASSERT(rc != RC_OK);
    else if (rc == RC_OK)
        ASSERT(str_eq(read.holder, verified.holder) && read.to.days == verified.to.days);
}

/* Each two bytes of `changes` set one character of a genuine text: it is refused unless that changes nothing.
 */
static void
check_changed(struct arena *a, struct str changes)
{
    struct certificate_facts facts;
    struct str sealed = seal(a, STR("Salma Ibrahim"));
    char *text = arena_alloc(a, sealed.n);
    memcpy(text, sealed.p, sealed.n);
    for (size_t i = 0; i + 1 < changes.n; i += 2)
        text[(unsigned char)changes.p[i] % sealed.n] = changes.p[i + 1];
    struct str changed = {text, sealed.n};
    enum rc rc = certificate_verify(a, changed, the_signer()->public_key, &facts, NULL);
    ASSERT((rc == RC_OK) == str_eq(changed, sealed));
    check_bytes(a, changed);
}

static void
check_sealed(struct arena *a, struct str holder)
{
    struct certificate_facts facts;
    struct str sealed = STR_NONE;
    if (!utf8_valid(holder) || (sealed = seal(a, holder)).n == 0)
        return;
    ASSERT(certificate_verify(a, sealed, the_signer()->public_key, &facts, NULL) == RC_OK);
    ASSERT(str_eq(facts.holder, holder));
}

void
fuzz_one(struct arena *a, struct str data)
{
    unsigned char key[CRYPT_SIGN_PUBLIC];
    check_bytes(a, data);
    check_changed(a, data);
    check_sealed(a, data);
    (void)!certificate_key(a, data, key, NULL);
}
