#include "server/catalog/field_template.h"

static const struct choice subjects[] = {
    {1, "customer", "customer", TONE_PLAIN},
    {2, "vehicle", "vehicle", TONE_PLAIN},
    {3, "policy", "policy", TONE_PLAIN},
    {4, "claim", "claim", TONE_PLAIN},
};
static const struct choice types[] = {
    {TEMPLATE_TEXT, "text", "text", TONE_PLAIN},       {TEMPLATE_NUMBER, "number", "number", TONE_PLAIN},
    {TEMPLATE_DATE, "date", "date", TONE_PLAIN},       {TEMPLATE_YES_NO, "yes_no", "yes or no", TONE_PLAIN},
    {TEMPLATE_CHOICE, "choice", "choice", TONE_PLAIN},
};
static const struct choice levels[] = {
    {1, "recommended", "recommended", TONE_PLAIN},
    {2, "locked", "locked", TONE_WARN},
};

static const struct field fields[] = {
    {FIELD(field_template, subject, VT_CHOICE), TEMPLATE_SUBJECT, "Of",
     SCHEMA_REQUIRED | FF_NEW | SCHEMA_LIST | SCHEMA_FILTER, 10, 0, .help = "Which records have the field.",
     CHOICES(subjects)},
    {FIELD(field_template, name, VT_TEXT), TEMPLATE_NAME, "Name",
     SCHEMA_REQUIRED | FF_NEW | FF_COLUMN | SCHEMA_KEY, 20, 32,
     .help = "Small letters, digits and underscores; never changes."},
    {FIELD(field_template, label, VT_TEXT), TEMPLATE_LABEL, "Label", SCHEMA_REQUIRED | FF_FORM | SCHEMA_LIST,
     20, 40, .help = "What stands on the form."},
    {FIELD(field_template, type, VT_CHOICE), TEMPLATE_TYPE, "Kind",
     SCHEMA_REQUIRED | FF_NEW | SCHEMA_LIST | SCHEMA_FILTER, 10, 0, .help = "What may be entered.",
     CHOICES(types)},
    {FIELD(field_template, required, VT_BOOL), TEMPLATE_REQUIRED, "Required",
     FF_FILLED | FF_FORM | SCHEMA_LIST, 9, 0, .help = "Whether it must be filled.", .fallback = "no"},
    {FIELD(field_template, choices, VT_TEXT), TEMPLATE_CHOICES, "Choices", FF_FORM | SCHEMA_MULTILINE, 30,
     2000, .help = "Of a choice: what may be chosen, one a line."},
    {FIELD(field_template, help, VT_TEXT), TEMPLATE_HELP, "Help", FF_FORM, 40, 160,
     .help = "One sentence for the person who fills it."},
    {FIELD(field_template, level, VT_CHOICE), TEMPLATE_LEVEL, "Level",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 12, 0,
     .help = "Locked: a company that takes it can't remove it or change its kind.", .fallback = "recommended",
     CHOICES(levels)},
    {FIELD(field_template, is_active, VT_BOOL), TEMPLATE_IS_ACTIVE, "Active",
     FF_FILLED | FF_FORM | SCHEMA_LIST | SCHEMA_FILTER, 6, 0, .help = "Whether companies are offered it.",
     .fallback = "yes"},
    {FIELD(field_template, created_at, VT_STAMP), TEMPLATE_CREATED_AT, "Added",
     FF_FILLED | FF_COLUMN | SCHEMA_NARROW, 16, 0, .help = "When the record was made."},
    {FIELD(field_template, updated_at, VT_STAMP), TEMPLATE_UPDATED_AT, "Changed",
     FF_FILLED | SCHEMA_LIST | SCHEMA_NARROW, 16, 0, .help = "When it was last changed."},
};

static const struct entity_key keys[] = {{KEY_LOWER, "@.name = $1"}};

static const uint32_t all_columns[] = {TEMPLATE_NAME,     TEMPLATE_SUBJECT, TEMPLATE_LABEL,    TEMPLATE_TYPE,
                                       TEMPLATE_REQUIRED, TEMPLATE_LEVEL,   TEMPLATE_IS_ACTIVE};
static const struct view views[] = {
    {1, "all", "Field templates", all_columns, COUNTOF(all_columns), TEMPLATE_NAME, false, NULL},
};

const struct entity field_template_entity = {
    .number = ENTITY_FIELD_TEMPLATE,
    .name = "field_template",
    .label = "Field template",
    .plural = "Field templates",
    .help = "A field of their own that companies are offered for their records.",
    .table = "field_template",
    .flags = EF_ADD | EF_SET | EF_MENU | EF_ADMIN | EF_PLATFORM,
    .size = sizeof(struct field_template),
    TABLE(fields, fields),
    .label_sql = "@.label",
    TABLE(keys, keys),
    TABLE(views, views),
};
