#include "server/report/logo.h"

#include <string.h>

#include "server/report/logo_surface.h"

/* A PNG begins with eight fixed bytes and the chunk that says how large the picture is: looked at before
   anything is unpacked, so that a small file can't ask for much memory. */
enum { SIGNATURE = 8, WIDTH_AT = 16, HEIGHT_AT = 20, HEAD = 24 };

static uint32_t
big_endian(struct str s, size_t at)
{
    const unsigned char *p = (const unsigned char *)s.p + at;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool
size_fits(struct str png)
{
    static const char begins[] = "\x89PNG\r\n\x1a\n";
    if (png.n < HEAD || png.n > LOGO_BYTES || memcmp(png.p, begins, SIGNATURE) != 0)
        return false;
    uint32_t width = big_endian(png, WIDTH_AT), height = big_endian(png, HEIGHT_AT);
    return width > 0 && width <= LOGO_SIDE && height > 0 && height <= LOGO_SIDE;
}

static cairo_status_t
read_on(void *ctx, unsigned char *out, unsigned n)
{
    struct str *rest = ctx;
    if (n > rest->n)
        return CAIRO_STATUS_READ_ERROR;
    memcpy(out, rest->p, n);
    *rest = str_slice(*rest, n, rest->n);
    return CAIRO_STATUS_SUCCESS;
}

cairo_surface_t *
logo_surface(struct str png)
{
    if (!size_fits(png))
        return NULL;
    cairo_surface_t *s = cairo_image_surface_create_from_png_stream(read_on, &png);
    if (cairo_surface_status(s) == CAIRO_STATUS_SUCCESS)
        return s;
    cairo_surface_destroy(s);
    return NULL;
}

enum rc
logo_check(struct str png, struct err *reterr)
{
    if (png.n > LOGO_BYTES)
        return err_set(reterr, RC_BAD_PARAMS, "logo", "the logo is too large: at most %d bytes", LOGO_BYTES);
    cairo_surface_t *s = logo_surface(png);
    if (!s)
        return err_set(reterr, RC_BAD_PARAMS, "logo",
                       "the logo can't be read: expected a PNG picture of at most %d by %d pixels", LOGO_SIDE,
                       LOGO_SIDE);
    cairo_surface_destroy(s);
    return RC_OK;
}
