# Where EL's policy differs from Debian's, in the common intermediate language of its modules.

# A login of a desktop that these hosts do not have: every change of the policy would complain.
/^(selinuxuser sddm /d

# The booleans that EL switches on, by EL's names httpd_builtin_scripting, httpd_enable_cgi, mount_anyfile, nfs_export_all_*,
# selinuxuser_execmem, selinuxuser_execmod, selinuxuser_execstack, selinuxuser_rw_noexattrfile, squid_connect_any.
s/^(boolean \(httpd_builtin_scripting\|httpd_enable_cgi\|allow_mount_anyfile\|nfs_export_all_r[ow]\|allow_execmem\|allow_execmod\|allow_execstack\|user_rw_noexattrfile\|systemd_tmpfiles_manage_all\|squid_connect_any\) false)/(boolean \1 true)/

# The ports of http_port_t and http_cache_port_t as EL has them.
/^(portcon tcp 8448 /d
/^(portcon tcp 9000 /s/cslistener_port_t/http_port_t/
/^(portcon tcp 3128 /s/http_cache_port_t/squid_port_t/

# On EL systemd may not write wherever it likes: see policy/el.cil for what it may instead.
s/(typeattributeset files_unconfined_type (init_t ))//
