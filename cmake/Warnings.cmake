# Warnings every target of ours is built with; probed one by one because clang lacks some.
include(CheckCCompilerFlag)
add_library(bima_warnings INTERFACE)
foreach(flag
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Warith-conversion -Wformat=2
    -Wformat-signedness -Wundef -Wvla -Walloca -Wcast-qual -Wcast-align=strict -Wwrite-strings
    -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wredundant-decls
    -Wdouble-promotion -Wfloat-equal -Wimplicit-fallthrough -Wunused-macros -Wlogical-op
    -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init -Wdate-time -Wframe-larger-than=16384)
    string(MAKE_C_IDENTIFIER "have${flag}" have)
    check_c_compiler_flag(-Werror\ ${flag} ${have})
    if(${have})
        target_compile_options(bima_warnings INTERFACE ${flag})
    endif()
endforeach()
option(BIMA_WERROR "Treat warnings as errors" OFF)
if(BIMA_WERROR)
    target_compile_options(bima_warnings INTERFACE -Werror)
endif()
