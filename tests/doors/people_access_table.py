"""Who gets which answer at the pages of people, their accounts and what passes between them."""

PEOPLE_TABLE = """
GET   people                               302 200 200 403 403 403 200
GET   second_coordinator                   302 200 200 403 403 403 200
POST  second_coordinator                   403 302 302 403 403 403 302
POST  decide_coordinator                   403 302 302 403 403 403 404
GET   service_accounts                     302 200 200 403 403 403 200
GET   new_service_account                  302 200 200 403 403 403 200
POST  new_service_account                  403 400 400 403 403 403 400
GET   service_account                      302 200 200 403 403 403 404
POST  service_account                      403 400 400 403 403 403 404
POST  new_service_key                      403 400 400 403 403 403 404
POST  end_service_key                      403 302 302 403 403 403 404
POST  end_service_account                  403 302 302 403 403 403 404
GET   new_person                           302 200 200 403 403 403 200
POST  new_person                           403 400 400 403 403 403 400
GET   handovers                            302 403 200 200 200 403 200
GET   hand_over                            302 403 200 200 200 403 404
POST  hand_over                            403 403 400 400 400 403 404
GET   name_deputy                          302 403 200 200 200 403 200
POST  name_deputy                          403 403 400 400 400 403 400
POST  call_off_deputy                      403 403 302 404 302 403 404
POST  take_handover_back                   403 403 302 404 404 403 404
GET   people_list                          302 200 200 403 403 403 200
POST  people_list                          403 400 400 403 403 403 400
GET   preview_people_list                  302 302 302 403 403 403 302
POST  apply_people_list                    403 302 302 403 403 403 302
GET   movements                            302 200 200 403 403 403 200
POST  call_off_move                        403 302 302 403 403 403 404
GET   person                               302 200 200 403 403 403 404
POST  person                               403 400 400 403 403 403 404
POST  end_person                           403 302 302 403 403 403 404
POST  resume_person                        403 302 302 403 403 403 404
POST  sign_in_slip                         403 302 302 403 403 403 404
POST  take_second_factor                   403 302 302 403 403 403 404
POST  password_way                         403 200 200 403 403 403 404
"""
