/* Loses a block in every process it is loaded into: what a leak of the service would look like. */
#include <stdlib.h>

__attribute__((constructor)) static void
lose(void)
{
    void *volatile lost = malloc(77);
    lost = NULL;
    (void)lost;
}
