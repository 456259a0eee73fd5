/*
 * Who may what: for every entity and verb of the catalog the roles that may. Roles come in on lines
 * "CODE PLATFORM WORD WORD…" (PLATFORM: 0 or 1), as app.role has them.
 */
#include <stdio.h>
#include <string.h>

#include "server/op/rights.h"

enum { ROLES = 64, LINE = 8192 };

struct role_row {
    char line[LINE];
    struct str code;
    struct rights rights;
};

static struct role_row roles[ROLES];
static size_t nroles;

static bool
read_role(struct role_row *r)
{
    if (!fgets(r->line, sizeof r->line, stdin))
        return false;
    struct str rest = str_trim(str_from(r->line));
    r->code = str_split(&rest, ' ');
    struct str platform = str_split(&rest, ' ');
    bool is_platform = str_eq_c(platform, "1");
    r->rights = (struct rights){
        .words = rest, .platform = is_platform, .crowd = is_platform && str_eq_c(r->code, RIGHTS_CROWD)};
    return true;
}

static void
put_verb(const struct entity *e, const char *verb)
{
    size_t may = 0, reach = 0;
    for (size_t i = 0; i < nroles; i++) {
        reach += rights_reach(&roles[i].rights, e);
        may += rights_may(&roles[i].rights, e, verb);
    }
    printf("    %-16s", verb);
    if (may == reach)
        printf(" everybody");
    else if (may == 0)
        printf(" nobody");
    else
        for (size_t i = 0; i < nroles; i++)
            if (rights_may(&roles[i].rights, e, verb))
                printf(" %.*s", STR_ARG(roles[i].code));
    putchar('\n');
}

static bool
has_field(const struct entity *e, uint32_t flag)
{
    for (size_t i = 0; i < e->nfields; i++)
        if (e->fields[i].flags & flag)
            return true;
    return false;
}

static void
put_entity(const struct entity *e)
{
    const char *side = e->flags & EF_SHARED ? "both" : e->flags & EF_PLATFORM ? "platform" : "company";
    printf("\n%s (%s)\n", e->name, side);
    put_verb(e, "read");
    if (e->flags & EF_ADD)
        put_verb(e, "add");
    if (e->flags & EF_SET)
        put_verb(e, "set");
    for (size_t i = 0; i < e->nactions; i++)
        put_verb(e, e->actions[i].name);
    if (has_field(e, SCHEMA_PERSONAL))
        put_verb(e, "personal");
    if (has_field(e, FF_SEALED))
        put_verb(e, "secret");
}

int
main(void)
{
    while (nroles < ROLES && read_role(&roles[nroles]))
        nroles++;
    size_t n;
    const struct entity *const *entities = entity_table(&n);
    for (size_t i = 0; i < n; i++)
        put_entity(entities[i]);
    return nroles == 0;
}
