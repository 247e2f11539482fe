// A daemon of its own on a port of its own, over TLS, for tests of what services and the gateway
// say to each other; and the certificates for it.
//
// Thread safety: one thread.
#pragma once

#include <catch2/catch.hpp>
#include <csignal>

#include "support/certificate.hpp"
#include "support/running_shop.hpp"

namespace shop::test {

// The shop's own authority with certificates of two services, and another one's.
struct Certificates {
    explicit Certificates(const std::filesystem::path& folder)
        : authority(make_certificate(folder, "authority", "DNS:authority")),
          foreign(make_certificate(folder, "foreign", "DNS:foreign")),
          service(make_certificate(folder, "service", "DNS:localhost,IP:127.0.0.1", &authority)),
          caller(make_certificate(folder, "caller", "DNS:caller", &authority)),
          stranger(make_certificate(folder, "stranger", "DNS:stranger", &foreign)) {}
    CertificateFiles authority, foreign, service, caller, stranger;
};

class SecureService {
public:
    // `keys_dir`: the services', which those that call each other share. `more`: settings beside
    // the port, the folders and the certificate.
    SecureService(const std::string& name, const CertificateFiles& files,
                  std::filesystem::path keys_dir, std::vector<std::string> more = {})
        : keys_dir_(std::move(keys_dir)),
          process_(binary("shop-" + name), {.arguments = words(files, std::move(more))}) {}

    std::string url() const { return "https://localhost:" + std::to_string(port_); }
    int port() const { return port_; }
    const std::filesystem::path& keys_dir() const { return keys_dir_; }
    void reload() const { process_.signal(SIGHUP); }

    // What curl gets there; exit code 0 where it was an answer. `shown`: its own certificate.
    Outcome get(const std::string& target, const CertificateFiles& authority,
                const CertificateFiles* shown = nullptr,
                std::vector<std::string> options = {}) const {
        options.insert(options.end(),
                       {"--silent", "--max-time", "10", "--cacert", authority.certificate});
        if (shown != nullptr)
            options.insert(options.end(), {"--cert", shown->certificate, "--key", shown->key});
        options.push_back(url() + target);
        return run("/usr/bin/curl", {std::move(options)});
    }
    bool ready(const CertificateFiles& authority, const CertificateFiles* shown = nullptr) const {
        return eventually([&] { return get("/readyz", authority, shown).exit_code == 0; });
    }
    // Ends it: its log.
    std::string end() {
        process_.signal(SIGTERM);
        return process_.wait().err;
    }

private:
    std::vector<std::string> words(const CertificateFiles& files, std::vector<std::string> more) {
        std::vector<std::string> out = {"--port",
                                        std::to_string(port_),
                                        "--data-dir",
                                        folder_.path() / "store",
                                        "--keys-dir",
                                        keys_dir_,
                                        "--tls-certificate",
                                        files.certificate,
                                        "--tls-key",
                                        files.key};
        out.insert(out.end(), more.begin(), more.end());
        return out;
    }

    TempFolder folder_;
    const std::filesystem::path keys_dir_;
    const int port_ = free_port_base();
    Process process_;
};

}  // namespace shop::test
