#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/lang.h"
#include "server/op/parts.h"

enum { ISSUES_MAX = 32, ISSUE_TEXT = sizeof((struct err *)0)->text };

size_t
op_issue_sought(struct op_ctx *ctx)
{
    if (!ctx->issues)
        ctx->issues = arena_new(ctx->arena, struct body_issue, ISSUES_MAX);
    ctx->seeks = true;
    return ctx->nissues < ISSUES_MAX ? ctx->nissues++ : ISSUES_MAX;
}

static void
put(struct op_ctx *ctx, size_t place, enum issue_level level, const char *field, const char *text)
{
    if (place == ISSUES_MAX)
        return;
    ctx->issues[place] = (struct body_issue){
        .level = level,
        .field = str_dup(ctx->arena, str_from(field)),
        .text = str_dup(ctx->arena, str_from(text)),
    };
    ctx->issue_at = place;
}

void
op_issue_at(struct op_ctx *ctx, size_t place, enum issue_level level, const char *field, const char *fmt, ...)
{
    char text[ISSUE_TEXT];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, lang_text(fmt), ap);
    va_end(ap);
    put(ctx, place, level, field, text);
}

void
op_issue(struct op_ctx *ctx, enum issue_level level, const char *field, const char *fmt, ...)
{
    char text[ISSUE_TEXT];
    const bool seeks = ctx->seeks;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, lang_text(fmt), ap);
    va_end(ap);
    put(ctx, op_issue_sought(ctx), level, field, text);
    ctx->seeks = seeks;
}

void
op_issue_ref(struct op_ctx *ctx, uint32_t entity, int64_t id, struct str label)
{
    if (!ctx->nissues)
        return;
    struct body_issue *issue = &ctx->issues[ctx->issue_at];
    if (!issue->refs)
        issue->refs = arena_new(ctx->arena, struct body_ref, ERR_REFS_MAX);
    if (issue->nrefs < ERR_REFS_MAX)
        issue->refs[issue->nrefs++] = (struct body_ref){entity, id, str_dup(ctx->arena, label)};
}

void
op_issues_close(struct op_ctx *ctx)
{
    size_t n = 0;
    for (size_t i = 0; i < ctx->nissues; i++)
        if (ctx->issues[i].text.p)
            ctx->issues[n++] = ctx->issues[i];
    ctx->nissues = n;
}

enum rc
op_issues_known(struct op_ctx *ctx, struct err *reterr)
{
    enum rc rc = ctx->seeks ? op_settle(ctx, reterr) : RC_OK;
    if (rc == RC_OK)
        op_issues_close(ctx);
    return rc;
}

void
op_issue_of(struct op_ctx *ctx, const struct err *e)
{
    op_issue(ctx, ISSUE_REFUSE, e->field, "%s", e->text);
    for (uint32_t i = 0; i < e->nrefs; i++)
        op_issue_ref(ctx, e->refs[i].entity, e->refs[i].id, str_from(e->refs[i].label));
}

void
op_issues_show(const struct op_ctx *ctx, struct body *ret)
{
    ret->issues = ctx->issues;
    ret->nissues = ctx->nissues;
    ret->present |= 1u << BODY_ISSUES;
}

static enum rc
fail_with(const struct body_issue *issue, enum rc code, struct err *reterr)
{
    char field[sizeof reterr->field], label[sizeof reterr->refs[0].label];
    (void)snprintf(field, sizeof field, "%.*s", STR_ARG(issue->field));
    (void)err_set(reterr, code, field, "%.*s", STR_ARG(issue->text));
    for (size_t i = 0; i < issue->nrefs; i++) {
        (void)snprintf(label, sizeof label, "%.*s", STR_ARG(issue->refs[i].label));
        err_add_ref(reterr, issue->refs[i].entity, issue->refs[i].id, label);
    }
    return code;
}

enum rc
op_verdict(struct op_ctx *ctx, struct err *reterr)
{
    enum rc rc = op_issues_known(ctx, reterr);
    if (rc != RC_OK)
        return rc;
    for (size_t i = 0; i < ctx->nissues; i++)
        if (ctx->issues[i].level == ISSUE_REFUSE)
            return fail_with(&ctx->issues[i], ctx->issues[i].nrefs ? RC_DUPLICATE : RC_REFUSED, reterr);
    if (ctx->reason.n)
        return RC_OK;
    for (size_t i = 0; i < ctx->nissues; i++)
        if (ctx->issues[i].level == ISSUE_CONFIRM)
            return fail_with(&ctx->issues[i], RC_CONFIRM, reterr);
    return RC_OK;
}
