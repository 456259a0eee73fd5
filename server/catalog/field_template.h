#ifndef CATALOG_FIELD_TEMPLATE_H
#define CATALOG_FIELD_TEMPLATE_H

#include "server/catalog/entity.h"

enum field_template_type {
    TEMPLATE_TEXT = 1,
    TEMPLATE_NUMBER = 2,
    TEMPLATE_DATE = 3,
    TEMPLATE_YES_NO = 4,
    TEMPLATE_CHOICE = 5
};

enum field_template_tag {
    TEMPLATE_SUBJECT = 1,
    TEMPLATE_NAME = 2,
    TEMPLATE_LABEL = 3,
    TEMPLATE_TYPE = 4,
    TEMPLATE_REQUIRED = 5,
    TEMPLATE_CHOICES = 6,
    TEMPLATE_HELP = 7,
    TEMPLATE_LEVEL = 8,
    TEMPLATE_IS_ACTIVE = 9,
    TEMPLATE_CREATED_AT = 10,
    TEMPLATE_UPDATED_AT = 11,
};

struct field_template {
    struct row_head row;
    choice_t subject;
    struct str name, label;
    choice_t type;
    bool required;
    struct str choices; /* one a line */
    struct str help;
    choice_t level;
    bool is_active;
    stamp_t created_at, updated_at;
};

extern const struct entity field_template_entity;

#endif
