// Certificates for tests, made by the openssl program: signed by themselves, so that each is its
// own authority, or by another one.
//
// Thread safety: free functions without shared state.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace shop::test {

struct CertificateFiles {
    std::filesystem::path certificate;
    std::filesystem::path key;  // mode 0600
};

// `names`: as in a subjectAltName, "DNS:localhost,IP:127.0.0.1". Files of that name are replaced.
// `authority`: who signs it; null: it does by itself.
inline CertificateFiles make_certificate(const std::filesystem::path& folder,
                                         const std::string& file, const std::string& names,
                                         const CertificateFiles* authority = nullptr) {
    const CertificateFiles files{folder / (file + ".crt"), folder / (file + ".key")};
    const std::string signer = authority == nullptr ? ""
                                                    : " -CA " + authority->certificate.string() +
                                                          " -CAkey " + authority->key.string();
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=" +
        file + " -addext subjectAltName=" + names + " -out " + files.certificate.string() +
        " -keyout " + files.key.string() + signer + " 2>/dev/null";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("openssl failed: " + command);
    std::filesystem::permissions(files.key, std::filesystem::perms(0600));
    return files;
}

}  // namespace shop::test
