#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "common/base/attr.h"
#include "tests/tui/harness.h"

/* A directory for what the client keeps, and how it is told of it. */
struct place {
    char dir[64], env[96];
};

static struct place
place_new(void)
{
    struct place p;
    snprintf(p.dir, sizeof p.dir, "/tmp/bima-drafts-XXXXXX");
    cr_assert(mkdtemp(p.dir));
    snprintf(p.env, sizeof p.env, "BIMA_TEST_STATE=%s", p.dir);
    return p;
}

static void
file_of(const struct place *p, const char *name, char path[400])
{
    snprintf(path, 400, "%s/%.255s", p->dir, name);
}

static void
place_drop(struct place *p)
{
    char path[400];
    DIR *d = opendir(p->dir);
    const struct dirent *e;
    while (d && (e = readdir(d))) {
        file_of(p, e->d_name, path);
        (void)unlink(path);
    }
    closedir(d);
    rmdir(p->dir);
}

/* How many drafts there are; the path of one of them. */
static size_t
drafts_in(const struct place *p, char path[400])
{
    size_t n = 0;
    DIR *d = opendir(p->dir);
    const struct dirent *e;
    while (d && (e = readdir(d)))
        if (!strncmp(e->d_name, "draft-", 6)) {
            n++;
            file_of(p, e->d_name, path);
        }
    closedir(d);
    return n;
}

static bool
files_have(const struct place *p, const char *text)
{
    static char bytes[300000];
    char path[400];
    bool found = false;
    DIR *d = opendir(p->dir);
    const struct dirent *e;
    while (d && (e = readdir(d))) {
        file_of(p, e->d_name, path);
        FILE *f = fopen(path, "rb");
        size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
        if (f)
            fclose(f);
        found |= n && memmem(bytes, n, text, strlen(text));
    }
    closedir(d);
    return found;
}

static struct screen *
start(const struct place *p)
{
    return screen_start(&(struct screen_options){.env = p->env});
}

static void
kill_it(struct screen *s)
{
    kill(screen_child(s), SIGKILL);
    screen_reap(s);
    screen_stop(s);
}

/* ---- offered again ---- */

static const char *const customer[] = {"ind",      "Rehema Ally", "0655 010 203", "AB-77",
                                       "2/3/1990", "Ilala",       "pays late"};

static void
killed_after(size_t n)
{
    struct place p = place_new();
    struct screen *s = start(&p);
    screen_type(s, "new customer" ENTER);
    for (size_t i = 0; i < n; i++) {
        screen_type(s, customer[i]);
        screen_type(s, "\t");
    }
    kill_it(s);
    s = start(&p);
    EXPECT_TEXT(s, "1 draft: F2 drafts");
    screen_type(s, "drafts" ENTER);
    EXPECT_TEXT(s, "New Customer");
    EXPECT_TEXT(s, "Rehema Ally");
    screen_type(s, ENTER);
    for (size_t i = 1; i < n; i++) /* a choice and a day are shown as they were understood */
        EXPECT_TEXT(s, i == 4 ? "1990-03-02" : customer[i]);
    screen_type(s, F10);
    EXPECT_TEXT(s, n > 2 ? "Saved: Customer Rehema Ally" : "1 field needs attention: Phone");
    if (n > 2) {
        char path[400];
        cr_assert_eq(drafts_in(&p, path), 0);
        cr_assert_eq(screen_server(s)->saves, 1);
    }
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, a_form_is_offered_again_whole_wherever_the_client_was_killed)
{
    for (size_t n = 2; n < 7; n++)
        killed_after(n);
}

static const char *const business[] = {"T 999 XYZ",   "car", "Nissan Note", "2012", "ind", "0655 010 203",
                                       "Rehema Ally", "",    "compr",       "15m"};

static void
type_field(struct screen *s, const char *text)
{
    char keys[80];
    snprintf(keys, sizeof keys, "%s\t", text);
    screen_type(s, keys);
}

static void
business_killed_after(size_t n)
{
    struct place p = place_new();
    struct screen *s = start(&p);
    screen_type(s, F6);
    for (size_t i = 0; i < n; i++) {
        type_field(s, business[i]);
    }
    kill_it(s);
    s = start(&p);
    screen_type(s, "drafts" ENTER ENTER);
    for (size_t i = 0; i < n; i++) /* money and choices are shown as they were understood */
        EXPECT_TEXT(s, i == 9 ? "15,000,000" : business[i]);
    for (size_t i = n; i < COUNTOF(business); i++) {
        type_field(s, business[i]);
    }
    screen_type(s, F10);
    EXPECT_TEXT(s, "waiting for verification");
    cr_assert_eq(screen_server(s)->saves, 1);
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, a_new_business_is_offered_again_whole_wherever_the_client_was_killed)
{
    for (size_t n = 1; n <= COUNTOF(business); n++)
        business_killed_after(n);
}

#define VEHICLE "T 999 XYZ" ENTER "car" ENTER "Nissan Note" ENTER "2012" ENTER
#define CUSTOMER "0655 010 203" ENTER "Rehema Ally" ENTER ENTER
#define POLICY "compr" ENTER "15m" ENTER

Test(drafts, a_new_business_comes_back_with_what_is_on_record)
{
    struct place p = place_new();
    struct screen *s = start(&p);
    screen_type(s, F6 VEHICLE "0712345678" ENTER);
    screen_type(s, "compr" ENTER);
    kill_it(s);
    s = start(&p);
    screen_type(s, F2 "drafts" ENTER ENTER);
    EXPECT_TEXT(s, "T 999 XYZ");
    EXPECT_TEXT(s, "Nissan Note");
    EXPECT_TEXT(s, "Customer, on record");
    EXPECT_TEXT(s, "Salma Ibrahim");
    EXPECT_TEXT(s, "comprehensive");
    screen_type(s, "15m" F10);
    EXPECT_TEXT(s, "waiting for verification");
    cr_assert_eq(screen_server(s)->saves, 1);
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, a_fleet_comes_back_with_the_vehicles_on_its_list)
{
    struct place p = place_new();
    struct screen *s = start(&p);
    screen_type(s, F6 VEHICLE CUSTOMER POLICY "\022");
    kill_it(s);
    s = start(&p);
    screen_type(s, "drafts" ENTER ENTER);
    EXPECT_TEXT(s, "Vehicle 2 of a fleet, after T 999 XYZ 15,000,000");
    screen_type(s, "t337dse" ENTER);
    EXPECT_TEXT(s, "1,239,000");
    screen_type(s, F10);
    EXPECT_TEXT(s, "waiting for verification");
    cr_assert_eq(screen_server(s)->saves, 1);
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, changes_to_a_record_come_back_and_only_they_are_sent)
{
    struct place p = place_new();
    struct screen *s = start(&p);
    screen_type(s, "salma" ENTER "2" DOWN DOWN "0799 000 111"
                   "\t");
    kill_it(s);
    s = start(&p);
    screen_type(s, "drafts" ENTER);
    EXPECT_TEXT(s, "Change Customer Salma");
    struct fake_record *r = fake_find(screen_server(s), FAKE_CUSTOMER, STR("0712345678"));
    r->values[6] = VALUE_TEXT(STR("Mwanza"));
    screen_type(s, ENTER F10);
    EXPECT_TEXT(s, "Saved: Customer Salma Ibrahim");
    cr_assert(str_eq_c(r->values[3].text, "0799000111") || str_eq_c(r->values[3].text, "0799 000 111"));
    cr_assert(str_eq_c(r->values[6].text, "Mwanza"));
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, the_reason_of_an_action_comes_back)
{
    struct place p = place_new();
    struct screen *s = start(&p);
    screen_type(s, "001902" ENTER "4"
                   "sold the car" F1 F1 F12);
    screen_type(s, F12 "3");
    screen_type(s, F3);
    EXPECT_TEXT(s, "1 draft: F2 drafts");
    screen_type(s, "drafts" ENTER ENTER);
    EXPECT_TEXT(s, "sold the car");
    screen_type(s, F10);
    EXPECT_TEXT(s, "Cancel: Policy KK/26/001902, expired");
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, a_version_that_is_brought_back_comes_back_with_its_reason)
{
    struct place p = place_new();
    struct screen *s = start(&p);
    struct fake_record *r = fake_find(screen_server(s), FAKE_CUSTOMER, STR("0712345678"));
    screen_server(s)->past = *r;
    screen_server(s)->past.values[6] = VALUE_TEXT(STR("Mwanza"));
    screen_type(s, "salma" ENTER F11 F11 F11 "5" F10 "\t\twrong card\t");
    kill_it(s);
    s = start(&p);
    screen_type(s, "drafts" ENTER ENTER);
    EXPECT_TEXT(s, "Restore Customer Salma Ibrahim");
    EXPECT_TEXT(s, "wrong card");
    screen_type(s, F10);
    r = fake_find(screen_server(s), FAKE_CUSTOMER, STR("0712345678"));
    cr_assert(str_eq_c(r->values[6].text, "Mwanza"));
    cr_assert_str_eq(screen_server(s)->reason, "wrong card");
    screen_stop(s);
    place_drop(&p);
}

/* ---- a save that was not answered ---- */

Test(drafts, a_save_that_was_not_answered_is_sent_again_with_its_key)
{
    struct place p = place_new();
    struct screen *s = start(&p);
    screen_type(s, F6 VEHICLE CUSTOMER POLICY);
    screen_server(s)->hold = true;
    screen_send(s, F10, strlen(F10));
    screen_waiting(s);
    unsigned char first[IDEM_BYTES];
    memcpy(first, screen_server(s)->idem, IDEM_BYTES);
    kill_it(s);
    s = start(&p);
    screen_type(s, "drafts" ENTER);
    EXPECT_TEXT(s, "sent, not answered");
    screen_type(s, ENTER);
    EXPECT_TEXT(s, "waiting for verification");
    cr_assert_eq(memcmp(first, screen_server(s)->idem, IDEM_BYTES), 0);
    cr_assert_eq(screen_server(s)->saves, 1);
    char path[400];
    cr_assert_eq(drafts_in(&p, path), 0);
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, a_save_that_was_refused_is_saved_anew_with_another_key)
{
    struct place p = place_new();
    struct screen *s = start(&p);
    screen_type(s, "new customer" ENTER ENTER "Rehema" ENTER "0655 010 203" ENTER);
    screen_server(s)->fail_next = RC_REFUSED;
    screen_server(s)->fail_text = "not today";
    screen_type(s, F10);
    EXPECT_TEXT(s, "not today");
    unsigned char first[IDEM_BYTES];
    memcpy(first, screen_server(s)->idem, IDEM_BYTES);
    kill_it(s);
    s = start(&p);
    screen_type(s, "drafts" ENTER ENTER);
    cr_assert_eq(screen_server(s)->saves, 0, "it was sent by itself");
    screen_type(s, F10);
    EXPECT_TEXT(s, "Saved: Customer Rehema");
    cr_assert_neq(memcmp(first, screen_server(s)->idem, IDEM_BYTES), 0);
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, what_was_changed_after_it_was_sent_is_not_sent_by_itself)
{
    struct place p = place_new();
    struct screen *s = start(&p);
    screen_type(s, "new customer" ENTER ENTER "Rehema" ENTER "0655 010 203" ENTER);
    screen_server(s)->hold = true;
    screen_send(s, F10, strlen(F10));
    screen_waiting(s);
    screen_type(s, "\003");
    screen_server(s)->nheld = 0;
    screen_server(s)->hold = false;
    screen_type(s, BACKTAB BACKTAB "Fatuma"
                                   "\t");
    kill_it(s);
    s = start(&p);
    screen_type(s, "drafts" ENTER ENTER);
    EXPECT_TEXT(s, "the answer never came");
    EXPECT_TEXT(s, "Fatuma");
    cr_assert_eq(screen_server(s)->saves, 0);
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, a_save_of_which_nobody_knows_keeps_its_key)
{
    struct place p = place_new();
    char path[400];
    struct screen *s = start(&p);
    screen_type(s, "new customer" ENTER ENTER "Rehema" ENTER "0655 010 203" ENTER);
    screen_server(s)->fail_next = RC_UNAVAILABLE;
    screen_type(s, F10);
    unsigned char first[IDEM_BYTES];
    memcpy(first, screen_server(s)->idem, IDEM_BYTES);
    cr_assert_eq(drafts_in(&p, path), 1);
    screen_type(s, F10);
    EXPECT_TEXT(s, "Saved: Customer Rehema");
    cr_assert_eq(memcmp(first, screen_server(s)->idem, IDEM_BYTES), 0);
    screen_stop(s);
    place_drop(&p);
}

/* ---- thrown away ---- */

Test(drafts, a_saved_or_dropped_form_leaves_nothing)
{
    struct place p = place_new();
    char path[400];
    struct screen *s = start(&p);
    screen_type(s, "new customer" ENTER ENTER "Rehema" ENTER);
    cr_assert_eq(drafts_in(&p, path), 1);
    struct stat st;
    cr_assert_eq(stat(path, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0600);
    screen_type(s, F12 "2");
    cr_assert_eq(drafts_in(&p, path), 0);
    EXPECT_NO_TEXT(s, "draft");
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, throwing_away_asks_first)
{
    struct place p = place_new();
    char path[400];
    struct screen *s = start(&p);
    screen_type(s, "new customer" ENTER ENTER "Rehema" ENTER F12 "3");
    screen_type(s, "new customer" ENTER ENTER "Fatuma" ENTER F12 "3");
    EXPECT_TEXT(s, "2 drafts: F2 drafts");
    screen_type(s, "drafts" ENTER "4" ENTER);
    EXPECT_TEXT(s, "1 draft goes for good.");
    screen_type(s, ENTER);
    cr_assert_eq(drafts_in(&p, path), 2);
    screen_type(s, "4" ENTER "2");
    cr_assert_eq(drafts_in(&p, path), 1);
    screen_type(s, F2 "throw away all" ENTER "2");
    EXPECT_TEXT(s, "Nothing is left");
    cr_assert_eq(drafts_in(&p, path), 0);
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, a_week_is_the_longest)
{
    struct place p = place_new();
    char path[400];
    struct screen *s = start(&p);
    screen_type(s, "new customer" ENTER ENTER "Rehema" ENTER);
    kill_it(s);
    cr_assert_eq(drafts_in(&p, path), 1);
    struct timespec old[2] = {{.tv_sec = time(NULL) - 8 * 86400}, {.tv_sec = time(NULL) - 8 * 86400}};
    cr_assert_eq(utimensat(AT_FDCWD, path, old, 0), 0);
    s = start(&p);
    EXPECT_NO_TEXT(s, "draft");
    cr_assert_eq(drafts_in(&p, path), 0);
    screen_stop(s);
    place_drop(&p);
}

/* ---- two at once ---- */

Test(drafts, two_clients_of_one_login_leave_each_other_s_drafts_alone)
{
    struct place p = place_new();
    char path[400];
    struct screen *one = start(&p);
    screen_type(one, "new customer" ENTER ENTER "Rehema" ENTER);
    struct screen *two = start(&p);
    EXPECT_NO_TEXT(two, "draft");
    screen_type(two, "drafts" ENTER);
    EXPECT_TEXT(two, "Nothing is left");
    kill_it(one);
    screen_type(two, F5);
    EXPECT_TEXT(two, "Rehema");
    struct screen *three = start(&p);
    screen_type(three, "drafts" ENTER);
    EXPECT_TEXT(three, "Rehema");
    screen_type(two, ENTER);
    EXPECT_TEXT(two, "New Customer");
    screen_type(three, ENTER);
    EXPECT_TEXT(three, "Another window has opened this draft.");
    cr_assert_eq(drafts_in(&p, path), 1);
    screen_stop(two);
    screen_stop(three);
    place_drop(&p);
}

/* ---- files that are not as they should be ---- */

enum harm { HARM_CHANGED, HARM_SHORT, HARM_EMPTY, HARM_HUGE, HARM_OPEN, HARM_LINK };

static void
harm_file(const char *path, enum harm harm)
{
    switch (harm) {
    case HARM_CHANGED: {
        FILE *f = fopen(path, "r+b");
        fseek(f, 120, SEEK_SET);
        fputc('~', f);
        fclose(f);
        break;
    }
    case HARM_SHORT:
        cr_assert_eq(truncate(path, 100), 0);
        break;
    case HARM_EMPTY:
        cr_assert_eq(truncate(path, 0), 0);
        break;
    case HARM_HUGE:
        cr_assert_eq(truncate(path, 300 * 1024 * 1024), 0);
        break;
    case HARM_OPEN:
        cr_assert_eq(chmod(path, 0666), 0);
        break;
    case HARM_LINK: {
        cr_assert_eq(unlink(path), 0);
        cr_assert_eq(symlink("/etc/passwd", path), 0);
        break;
    }
    }
}

static void
harmed(enum harm harm, const char *sentence)
{
    struct place p = place_new();
    char path[400];
    struct screen *s = start(&p);
    screen_type(s, "new customer" ENTER ENTER "Rehema" ENTER);
    kill_it(s);
    cr_assert_eq(drafts_in(&p, path), 1);
    harm_file(path, harm);
    s = screen_start(&(struct screen_options){.env = p.env, .cols = 120});
    EXPECT_TEXT(s, "1 draft is left alone (");
    EXPECT_TEXT(s, sentence);
    screen_type(s, "drafts" ENTER);
    EXPECT_TEXT(s, "Nothing is left");
    EXPECT_TEXT(s, sentence);
    EXPECT_NO_TEXT(s, "Rehema");
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, a_file_that_is_not_as_it_was_written_is_left_alone_with_a_sentence)
{
    harmed(HARM_CHANGED, "(damaged)");
    harmed(HARM_SHORT, "(damaged)");
    harmed(HARM_EMPTY, "(damaged)");
    harmed(HARM_HUGE, "(too large)");
    harmed(HARM_OPEN, "(others may write to it)");
    harmed(HARM_LINK, "(no plain file)");
}

Test(drafts, a_file_of_somebody_else_is_left_alone_with_a_sentence)
{
    if (geteuid() != 0)
        cr_skip("only root gives files away");
    struct place p = place_new();
    char path[400];
    struct screen *s = start(&p);
    screen_type(s, "new customer" ENTER ENTER "Rehema" ENTER);
    kill_it(s);
    cr_assert_eq(drafts_in(&p, path), 1);
    cr_assert_eq(chown(path, 65534, 65534), 0);
    s = screen_start(&(struct screen_options){.env = p.env, .cols = 120});
    EXPECT_TEXT(s, "(belongs to somebody else)");
    screen_stop(s);
    place_drop(&p);
}

/* ---- what is never kept ---- */

Test(drafts, secrets_are_never_in_the_files)
{
    struct place p = place_new();
    struct screen *s = screen_start(&(struct screen_options){.env = p.env, .as = "manager"});
    screen_type(s, "my account" ENTER "4"
                   "old-Sesame-11" ENTER "new-Sesame-22" ENTER "new-Sesame-22");
    screen_server(s)->hold = true;
    screen_send(s, ENTER, 1);
    screen_waiting(s);
    char path[400];
    cr_assert_eq(drafts_in(&p, path), 1, "the key of the save under way is not kept");
    cr_assert_not(files_have(&p, "Sesame"));
    kill_it(s);
    cr_assert_not(files_have(&p, "Sesame"));
    s = screen_start(&(struct screen_options){.env = p.env, .as = "manager"});
    screen_type(s, "drafts" ENTER ENTER);
    EXPECT_TEXT(s, "the answer never came");
    cr_assert_eq(screen_server(s)->saves, 0);
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, a_limited_session_keeps_none)
{
    struct place p = place_new();
    char path[400];
    struct screen *s = screen_start(&(struct screen_options){.env = p.env, .as = "limited"});
    screen_type(s, "anything"
                   "\t"
                   "anything"
                   "\t");
    cr_assert_eq(drafts_in(&p, path), 0);
    screen_stop(s);
    place_drop(&p);
}

Test(drafts, a_client_the_service_started_keeps_none_and_says_so)
{
    struct screen *s = screen_home();
    screen_type(s, "new customer" ENTER ENTER "Rehema" ENTER F1 F1);
    EXPECT_TEXT(s, "runs on the server and keeps no files");
    screen_stop(s);
}
