# Configuration and logs, for every server program.
add_library(bima_server STATIC
    config.c
    log.c
)
target_link_libraries(bima_server PUBLIC bima_common bima_flags PRIVATE PkgConfig::INIH)
