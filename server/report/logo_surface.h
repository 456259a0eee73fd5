#ifndef REPORT_LOGO_SURFACE_H
#define REPORT_LOGO_SURFACE_H

#include <cairo.h>

#include "common/base/str.h"

/* The picture, to be destroyed by the caller; NULL when it is none that logo_check would take. */
cairo_surface_t *logo_surface(struct str png);

#endif
