# Hardened release builds; probed because compilers differ.
add_library(bima_hardening INTERFACE)
option(BIMA_HARDENING "Build hardened" OFF)
if(BIMA_HARDENING)
    foreach(flag -fstack-protector-strong -fstack-clash-protection -fcf-protection=full
            -ftrivial-auto-var-init=zero -fno-delete-null-pointer-checks -fno-strict-overflow)
        string(MAKE_C_IDENTIFIER "have${flag}" have)
        check_c_compiler_flag(-Werror\ ${flag} ${have})
        if(${have})
            target_compile_options(bima_hardening INTERFACE ${flag})
        endif()
    endforeach()
    target_compile_options(bima_hardening INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3)
    target_link_options(bima_hardening INTERFACE -Wl,-z,relro,-z,now -Wl,-z,noexecstack
        -Wl,-z,separate-code -Wl,--as-needed)
endif()
