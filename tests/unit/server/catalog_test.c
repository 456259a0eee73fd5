#include <criterion/criterion.h>
#include <string.h>

#include "common/base/limits.h"
#include "common/base/utf8.h"
#include "server/catalog/customer.h"
#include "server/catalog/schema.h"
#include "server/catalog/vehicle.h"
#include "server/rule/rule.h"
#include "server/worker/permit.h"

static const struct entity *const *
all(size_t *n)
{
    return entity_table(n);
}

/* Every table of fields there is: the entities' own and their actions' parameters. */
typedef void table_check(const char *where, const struct field *fields, size_t n);
static void
each_table(table_check *check)
{
    size_t n;
    const struct entity *const *e = all(&n);
    for (size_t i = 0; i < n; i++) {
        check(e[i]->name, e[i]->fields, e[i]->nfields);
        for (size_t k = 0; k < e[i]->nactions; k++)
            check(e[i]->actions[k].name, e[i]->actions[k].params, e[i]->actions[k].nparams);
    }
}

static void
tags_unique(const char *where, const struct field *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cr_expect(f[i].tag >= 1 && f[i].tag <= 63, "%s.%s: tag %u", where, f[i].name, f[i].tag);
        for (size_t k = i + 1; k < n; k++) {
            cr_expect_neq(f[i].tag, f[k].tag, "%s: %s and %s have one tag", where, f[i].name, f[k].name);
            cr_expect_str_neq(f[i].name, f[k].name, "%s: a name twice", where);
            cr_expect_neq(f[i].off, f[k].off, "%s: %s and %s are one member", where, f[i].name, f[k].name);
        }
    }
}

Test(catalog, tags_names_and_members_are_unique_in_every_table)
{
    each_table(tags_unique);
}

static bool
is_name(const char *s)
{
    return *s && strspn(s, "abcdefghijklmnopqrstuvwxyz_") == strlen(s);
}

static void
texts_fit(const char *where, const struct field *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cr_expect(is_name(f[i].name), "%s.%s", where, f[i].name);
        cr_expect(utf8_width(str_from(f[i].label)) <= 16, "%s.%s: label too wide", where, f[i].name);
        cr_expect(f[i].width >= 1 && f[i].width <= 60, "%s.%s: width %u", where, f[i].name, f[i].width);
        cr_expect(f[i].help && strlen(f[i].help) > 3 && strlen(f[i].help) <= 160, "%s.%s: help", where,
                  f[i].name);
        char last = f[i].help[strlen(f[i].help) - 1];
        cr_expect(last == '.', "%s.%s: help is a sentence", where, f[i].name);
        cr_expect(f[i].type != VT_TEXT || (f[i].max && f[i].max <= LIMIT_TEXT) || !(f[i].flags & FF_FORM),
                  "%s.%s: a text that is given has a limit", where, f[i].name);
    }
}

Test(catalog, names_labels_and_help_fit_and_are_there)
{
    each_table(texts_fit);
}

static void
shapes_agree(const char *where, const struct field *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        cr_expect_eq(f[i].type == VT_CHOICE, f[i].nchoices > 0, "%s.%s: choices", where, f[i].name);
        cr_expect_eq(f[i].type == VT_REF, f[i].ref != 0, "%s.%s: ref", where, f[i].name);
        cr_expect(!f[i].ref || entity_by_number(f[i].ref), "%s.%s: points nowhere", where, f[i].name);
        cr_expect(!f[i].sql || !(f[i].flags & (FF_FORM | SCHEMA_SORT | SCHEMA_FILTER | FF_FILLED)),
                  "%s.%s: what is computed is only read", where, f[i].name);
        cr_expect(!(f[i].flags & SCHEMA_REQUIRED) || (f[i].flags & SCHEMA_CREATE),
                  "%s.%s: required but never asked", where, f[i].name);
        cr_expect(!(f[i].flags & SCHEMA_SORT) || f[i].type != VT_REF, "%s.%s: sorted by an id", where,
                  f[i].name);
        cr_expect(!(f[i].flags & FF_INTERNAL) || (f[i].flags & FF_SERVED & ~(uint32_t)SCHEMA_SECRET) == 0,
                  "%s.%s: internal yet shown", where, f[i].name);
    }
}

Test(catalog, flags_and_types_of_every_field_agree)
{
    each_table(shapes_agree);
}

Test(catalog, entities_have_unique_numbers_names_and_tables)
{
    size_t n;
    const struct entity *const *e = all(&n);
    cr_assert_gt(n, 20);
    for (size_t i = 0; i < n; i++) {
        cr_expect_eq(entity_by_number(e[i]->number), e[i]);
        cr_expect_eq(entity_by_name(str_from(e[i]->name)), e[i]);
        /* users of companies and of the platform are rows of one table */
        cr_expect_str_eq(entity_by_table(str_from(e[i]->table))->table, e[i]->table);
        cr_expect(e[i]->label && e[i]->plural && e[i]->help && e[i]->label_sql && e[i]->nviews > 0, "%s",
                  e[i]->name);
        cr_expect(e[i]->size > sizeof(struct row_head), "%s", e[i]->name);
    }
    cr_expect_null(entity_by_number(0));
    cr_expect_null(entity_by_name(STR("nothing")));
}

Test(catalog, views_show_and_sort_by_fields_that_allow_it)
{
    size_t n;
    const struct entity *const *e = all(&n);
    for (size_t i = 0; i < n; i++)
        for (size_t v = 0; v < e[i]->nviews; v++) {
            const struct view *view = &e[i]->views[v];
            const struct field *sort = entity_field(e[i], view->sort);
            cr_expect(sort && (sort->flags & SCHEMA_SORT), "%s %s", e[i]->name, view->name);
            cr_expect_eq(entity_view(e[i], view->number), view);
            cr_expect_eq(entity_view_named(e[i], str_from(view->name)), view);
            for (size_t c = 0; c < view->ncolumns; c++) {
                const struct field *f = entity_field(e[i], view->columns[c]);
                cr_expect(f && (f->flags & SCHEMA_LIST), "%s %s column %zu", e[i]->name, view->name, c);
            }
        }
}

Test(catalog, tabs_point_back_to_their_record)
{
    size_t n;
    const struct entity *const *e = all(&n);
    for (size_t i = 0; i < n; i++)
        for (size_t t = 0; t < e[i]->ntabs; t++) {
            const struct field *via = entity_field(entity_by_number(e[i]->tabs[t].entity), e[i]->tabs[t].via);
            cr_assert(via, "%s %s", e[i]->name, e[i]->tabs[t].label);
            cr_expect_str_eq(entity_history(entity_by_number(via->ref)), entity_history(e[i]));
            cr_expect(via->flags & SCHEMA_FILTER, "%s %s", e[i]->name, e[i]->tabs[t].label);
        }
}

Test(catalog, every_action_is_done_by_a_rule)
{
    size_t n;
    const struct entity *const *e = all(&n);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < e[i]->nactions; k++) {
            const struct action *a = &e[i]->actions[k];
            const struct rule *r = rule_for(e[i]->number);
            bool done = false;
            for (size_t x = 0; r && x < r->nactions; x++)
                done |= r->actions[x].number == a->number &&
                        ((a->flags & AF_PRINTS) ? r->actions[x].print != NULL : r->actions[x].run != NULL);
            cr_expect(done, "%s %s", e[i]->name, a->name);
            cr_expect(!a->state_tag || entity_field(e[i], a->state_tag)->type == VT_CHOICE);
        }
}

Test(catalog, a_value_comes_back_from_its_member_and_a_missing_one_as_null)
{
    struct customer c = {0};
    const struct field *name = entity_field(&customer_entity, CUSTOMER_NAME);
    const struct field *branch = entity_field_named(&customer_entity, STR("branch"));
    struct value v = VALUE_TEXT(STR("Salma")), r = {.type = VT_REF, .i = 77, .label = STR("KK")},
                 none = VALUE_NULL;
    cr_expect_eq(field_get(name, &c).type, VT_NULL);
    field_put(name, &c, &v);
    field_put(branch, &c, &r);
    cr_expect(str_eq_c(c.name, "Salma") && c.branch.id == 77 && str_eq_c(c.branch.label, "KK"));
    struct value got = field_get(branch, &c);
    cr_expect(value_eq(&got, &r));
    field_put(name, &c, &none);
    cr_expect_not(row_has(&c.row, CUSTOMER_NAME));
}

Test(catalog, the_description_is_stable_and_differs_by_role)
{
    struct arena a;
    arena_init(&a, 16u << 20, NULL, NULL);
    struct schema admin, agent, again;
    const struct rights some = {.words = STR("*.read user.*")};
    const struct rights sells = {.words = STR("*.read customer.add vehicle.add policy.* receipt.add")};
    catalog_schema(&a, &some, permit_may, &admin);
    catalog_schema(&a, &sells, permit_may, &agent);
    catalog_schema(&a, &sells, permit_may, &again);
    cr_expect(str_eq(schema_hash(&a, &agent), schema_hash(&a, &again)));
    cr_expect_not(str_eq(schema_hash(&a, &agent), schema_hash(&a, &admin)));
    cr_expect_eq(agent.sell, FLOW_NEW_BUSINESS);
    cr_expect_eq(admin.sell, 0);
    arena_done(&a);
}

Test(catalog, the_reference_page_is_the_one_that_is_checked_in)
{
    char *made = NULL;
    size_t made_n = 0;
    FILE *out = open_memstream(&made, &made_n);
    catalog_page(out);
    fclose(out);
    FILE *in = fopen(TEST_PAGE, "r");
    cr_assert(in, "man/bima-catalog.7 is missing: bimad --catalog-page > man/bima-catalog.7");
    char *kept = malloc(made_n + 1);
    size_t kept_n = fread(kept, 1, made_n + 1, in);
    fclose(in);
    cr_expect(kept_n == made_n && memcmp(kept, made, made_n) == 0,
              "man/bima-catalog.7 is not what the catalog says: bimad --catalog-page > man/bima-catalog.7");
    free(kept);
    free(made);
}
