add_executable(bima main.c config.c)
target_link_libraries(bima PRIVATE bima_screen bima_plain bima_cli bima_link bima_common)
target_compile_definitions(bima PRIVATE BIMA_LOCALE_DIR="${CMAKE_INSTALL_FULL_LOCALEDIR}")
install(TARGETS bima RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${CMAKE_SOURCE_DIR}/contrib/completions/bima
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
