"""Who gets which answer at the addresses of signing in; a part of the table in `access_table`."""

SIGN_IN_TABLE = """
GET   account_login                        200 302 302 302 302 302 302
POST  account_login                        200 302 302 302 302 302 302
POST  account_logout                       302 302 302 302 302 302 302
GET   account_inactive                     200 200 200 200 200 200 200
GET   mfa_authenticate                     302 302 302 302 302 302 302
POST  mfa_authenticate                     302 302 302 302 302 302 302
GET   mfa_login_webauthn                   302 302 302 302 302 302 302
POST  mfa_login_webauthn                   302 302 302 302 302 302 302
POST  single_sign_on                       404 302 302 302 302 302 302
GET   single_sign_on_back                  404 404 404 404 404 404 404
POST  single_sign_on_logout                404 404 404 404 404 404 404
GET   account_reauthenticate               302 200 200 200 200 200 200
POST  account_reauthenticate               403 200 200 200 200 200 200
GET   mfa_reauthenticate                   302 302 302 302 302 302 302
GET   mfa_reauthenticate_webauthn          302 302 302 302 302 302 302
GET   mfa_index                            302 200 200 200 200 200 200
GET   mfa_activate_totp                    302 302 302 302 302 302 302
POST  mfa_activate_totp                    403 302 302 302 302 302 302
GET   mfa_deactivate_totp                  302 404 404 404 404 404 404
POST  mfa_deactivate_totp                  403 404 404 404 404 404 404
GET   mfa_add_webauthn                     302 302 302 302 302 302 302
POST  mfa_add_webauthn                     403 302 302 302 302 302 302
GET   mfa_edit_webauthn                    302 302 302 302 302 302 302
POST  mfa_edit_webauthn                    403 302 302 302 302 302 302
GET   mfa_remove_webauthn                  302 302 302 302 302 302 302
POST  mfa_remove_webauthn                  403 302 302 302 302 302 302
GET   mfa_view_recovery_codes              302 404 404 404 404 404 404
GET   mfa_download_recovery_codes          302 404 404 404 404 404 404
GET   mfa_generate_recovery_codes          302 302 302 302 302 302 302
POST  mfa_generate_recovery_codes          403 302 302 302 302 302 302
GET   account_reset_password               200 200 200 200 200 200 200
GET   account_reset_password_done          200 200 200 200 200 200 200
GET   account_reset_password_from_key      200 200 200 200 200 200 200
GET   account_reset_password_from_key_done 200 200 200 200 200 200 200
GET   account_change_password              302 200 200 200 200 200 200
"""
