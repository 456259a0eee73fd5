# BIMA_SANITIZE: a list for -fsanitize, e.g. "address,undefined"; empty for none.
add_library(bima_sanitizers INTERFACE)
set(BIMA_SANITIZE "" CACHE STRING "Sanitizers to build with")
if(BIMA_SANITIZE)
    target_compile_options(bima_sanitizers INTERFACE -fsanitize=${BIMA_SANITIZE}
        -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(bima_sanitizers INTERFACE -fsanitize=${BIMA_SANITIZE})
endif()

# What each of our targets links.
add_library(bima_flags INTERFACE)
target_link_libraries(bima_flags INTERFACE bima_warnings bima_hardening bima_sanitizers)
