#include "gateway/local.hpp"

#include "base/file.hpp"
#include "gateway/haproxy.hpp"
#include "gateway/keys.hpp"
#include "http/tls_self_signed.hpp"

namespace shop::cli {

namespace fs = std::filesystem;

fs::path gateway_folder(const fs::path& data_dir) { return data_dir / "gateway"; }

fs::path service_socket(const fs::path& data_dir, const std::string& service) {
    return gateway_folder(data_dir) / (service + ".sock");
}

fs::path gateway_socket(const fs::path& data_dir) {
    return gateway_folder(data_dir) / "runtime.sock";
}

GatewaySettings local_gateway(const fs::path& data_dir, std::vector<GatewayService> services) {
    GatewaySettings settings;
    settings.services = std::move(services);
    settings.listen = "127.0.0.1";
    settings.http_port = 0;
    settings.hsts_days = 0;
    settings.certificate = gateway_folder(data_dir) / "localhost.crt";
    settings.keys_dir = data_dir / "keys";
    settings.key_copies = settings.keys_dir / "gateway";
    settings.runtime_socket = gateway_socket(data_dir);
    return settings;
}

Result<std::vector<std::string>> prepare_gateway(const fs::path& data_dir,
                                                 std::vector<GatewayService> services,
                                                 std::int64_t port, Time now) {
    SHOP_TRY(program, find_haproxy());
    SHOP_CHECK(make_folder(gateway_folder(data_dir), 0700));
    GatewaySettings settings = local_gateway(data_dir, std::move(services));
    settings.port = port;
    const auto end = check_certificate(settings.certificate, now);
    if (!end || ends_soon(*end, now)) {
        auto key = settings.certificate;
        key.replace_extension(".key");
        SHOP_CHECK(http::make_self_signed(settings.certificate, key, now));
    }
    SHOP_TRY(text, render_with_keys(settings));
    SHOP_CHECK(check_configuration(text));
    const fs::path file = gateway_folder(data_dir) / "haproxy.cfg";
    SHOP_CHECK(write_file(file, text, 0600));
    return std::vector<std::string>{program.string(), "-db", "-f", file.string()};
}

}  // namespace shop::cli
