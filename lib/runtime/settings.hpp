// Settings: flag > environment > file > default. A group of settings is a struct with a field table
// (name, type, range, doc; the default is the member's initial value), so that --help,
// --print-config, the man page and the checks all read one table.
//
// A setting `data_dir` of userd is the flag --data-dir, the variable SHOP_USERD_DATA_DIR and the
// line `data_dir = …` of the TOML file given by --config. Secrets are never settings: a setting
// names the file that holds one.
//
// Thread safety: read once at start; values afterwards.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "schema/codec.hpp"

namespace shop::runtime {

// What every daemon has.
struct DaemonSettings {
    std::string listen = "127.0.0.1";  // address
    std::int64_t port = 0;             // 0: the service's own
    std::string tls_certificate;       // PEM files; empty: TCP without TLS
    std::string tls_key;
    std::string tls_client_ca;     // PEM; clients over TCP have to show a certificate of it then
    std::string tls_ca;            // PEM; of other services with https; empty: the system's
    std::string trusted_proxies;   // addresses with commas between them, see http/forwarded.hpp
    std::string socket;            // path of a Unix socket to listen on as well; empty: none
    std::string socket_users;      // who may come there, beside our own user and root; with commas
    std::string data_dir;          // the store's folder; required
    std::string keys_dir;          // key pairs of the services (auth/token.hpp); required
    std::string currency = "GBP";  // of the shop
    std::string log_level = "info";
    std::int64_t workers = 16;
    std::int64_t connections_max = 4096;
    std::int64_t connections_per_address_max = 256;  // not of loopback; 0: no limit
    std::int64_t queue_max = 1024;                   // requests that wait for a worker
    std::int64_t queue_ms_max = 1000;                // how long
    std::int64_t buffered_mib_max = 64;              // bodies and unread answers, together
    std::int64_t head_seconds = 10;                  // deadlines of one connection
    std::int64_t body_seconds = 30;
    std::int64_t idle_seconds = 75;
    std::int64_t write_seconds = 30;
    std::int64_t drain_seconds = 20;
    bool course_api = false;  // serve the course's API too
    std::string users_url;    // where the other services are; empty: 127.0.0.1 and the usual port
    std::string products_url;
};

// One group: the table and the struct that it fills.
struct SettingsGroup {
    const schema::StructType* type;
    void* values;
};

struct CommandLine {
    bool help = false;
    bool version = false;
    bool check_config = false;
    bool print_config = false;
    bool health = false;
    bool describe = false;
    bool restore = false;  // the store from a dump on standard input; needs data_dir alone
    bool compact = false;  // the store; likewise
};

// The environment: name and value pairs, so that tests bring their own.
using Environment = schema::Pairs;
Environment process_environment();

// Fills the groups. invalid_argument names the setting, where it came from, and the remedy; an
// unknown flag, an unknown line of the file and a misspelt SHOP_<SERVICE>_ variable are errors too.
Result<CommandLine> read_settings(const std::string& service,
                                  const std::vector<std::string>& arguments,
                                  const Environment& environment,
                                  const std::vector<SettingsGroup>& groups);
// Text for --help: usage, and each setting with its range, default and doc.
std::string settings_help(const std::string& service, const std::vector<SettingsGroup>& groups);
// TOML of the values in force, for --print-config.
std::string print_settings(const std::vector<SettingsGroup>& groups);

}  // namespace shop::runtime

namespace shop::schema {
template <>
const StructType& type_of<runtime::DaemonSettings>();
}
