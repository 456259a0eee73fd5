# Configuration and logs, for every server program.
add_library(bima_server STATIC
    address.c
    config.c
    log.c
    page.c
    process.c
)
target_link_libraries(bima_server PUBLIC bima_common bima_flags PRIVATE PkgConfig::INIH)

add_executable(bimad
    listen.c
    main.c
    master.c
    privilege.c
    roles.c
    share.c
    spawn.c
    status.c
)
target_compile_definitions(bimad PRIVATE _GNU_SOURCE)
target_link_libraries(bimad PRIVATE bima_server bima_front bima_worker bima_job bima_metrics bima_personal bima_store bima_flags PkgConfig::CAPNG)
install(TARGETS bimad RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/ctl/CMakeLists.txt)
    add_subdirectory(ctl)
endif()
