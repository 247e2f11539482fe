// The commands, each in the source file of its name; all.cpp lists them in the order of help and
// man pages.
//
// Thread safety: see command.hpp.
#pragma once

#include "command.hpp"

namespace shop::cli {

Command up();
Command down();
Command status();
Command login();
Command logout();
Command whoami();
Command second_factor_status();
Command second_factor_enable();
Command second_factor_confirm();
Command second_factor_recovery_codes();
Command second_factor_disable();
Command session_list();
Command session_end();
Command apikey_create();
Command apikey_list();
Command apikey_get();
Command apikey_rotate();
Command apikey_delete();
Command health();
Command version();
Command context_list();
Command context_use();
Command context_set();
Command context_delete();
Command user_list();
Command user_get();
Command user_create();
Command user_update();
Command user_delete();
Command user_verify();
Command password_reset();
Command password_set();
Command user_reset_second_factor();
Command role_list();
Command role_set();
Command role_delete();
Command role_scopes();
Command signing_key_list();
Command signing_key_rotate();
Command product_list();
Command product_get();
Command product_create();
Command product_update();
Command product_delete();
Command product_import();
Command product_export();
Command stock_get();
Command stock_list();
Command stock_add();
Command stock_set();
Command cart_get();
Command cart_add();
Command cart_set();
Command cart_remove();
Command cart_empty();
Command order_list();
Command order_get();
Command order_create();
Command order_cancel();
Command order_fulfil();
Command event_list();
Command audit_list();
Command audit_show();
Command audit_head();
Command audit_verify();
Command backup_create();
Command backup_list();
Command backup_verify();
Command backup_restore();
Command backup_drill();
Command store_check();
Command store_stats();
Command store_compact();
Command gateway_render();
Command gateway_check();
Command gateway_certificate();
Command gateway_maintenance();
Command deploy_init();
Command deploy_plan();
Command deploy_apply();
Command deploy_status();
Command deploy_history();
Command deploy_diff();
Command deploy_rollback();
Command deploy_resume();
Command deploy_abort();
Command deploy_lock();
Command deploy_unlock();
Command secret_set();
Command secret_list();
Command secret_rotate();
Command explain();
Command completion();
Command man();

}  // namespace shop::cli
