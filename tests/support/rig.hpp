// What tests of a service need around it: a folder that goes away, key pairs, principals of each
// role with their tokens, a clock moved by hand, and calls in process whose answers are held
// against the endpoint table.
//
// Thread safety: send() and token() may be called from several threads; the rest from one.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/token.hpp"
#include "base/json.hpp"
#include "base/time.hpp"
#include "http/message.hpp"
#include "runtime/daemon.hpp"
#include "runtime/metrics.hpp"
#include "runtime/service.hpp"
#include "support/temp_folder.hpp"

namespace shop::test {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

class Rig {
public:
    Rig();
    ~Rig();

    const std::filesystem::path& folder() const { return folder_.path(); }
    std::filesystem::path keys_dir() const { return folder_.path() / "keys"; }
    ManualClock& clock() { return clock_; }
    auth::Verifier& verifier() { return *verifier_; }
    // Of userd, productd or orderd.
    auth::Signer& signer(const std::string& service) { return *signers_.at(service); }
    runtime::Metrics& metrics() { return metrics_; }

    // "customer", "other" (another customer), "staff", "admin", "service:orderd".
    auth::Principal principal(std::string_view role) const;
    // An access token of that principal, good for ten minutes of the rig's clock; empty for "".
    std::string token(std::string_view role) const;

    // What a daemon's make() takes. The store is in <folder>/<service>; `settings` lives as long as
    // the rig.
    runtime::DaemonContext context(const std::string& service,
                                   runtime::DaemonSettings settings = {});

    // One request, in process: `authorization` is the whole field ("Bearer …"), or empty. CHECKs
    // that the answer is one that the endpoint's row allows: its status or that of one of its
    // errors, a body that fits its tables, a well-formed problem document.
    http::Response send_raw(runtime::Service& service, const std::string& authorization,
                            const std::string& method, const std::string& target,
                            const std::string& body = "", const HeaderList& headers = {});
    // The same as the principal of a role; a body is sent as JSON where `headers` has no
    // content-type.
    http::Response send(runtime::Service& service, std::string_view role, const std::string& method,
                        const std::string& target, const std::string& body = "",
                        const HeaderList& headers = {});

private:
    TempFolder folder_;
    ManualClock clock_;
    runtime::Metrics metrics_;
    std::map<std::string, std::unique_ptr<auth::Signer>> signers_;
    std::unique_ptr<auth::Verifier> verifier_;
    std::vector<std::unique_ptr<runtime::DaemonSettings>> settings_;
};

// The body as JSON; a test failure where it is none.
Json json_of(const http::Response& response);
// The last segment of a problem's type: "not_found"; empty where the body is no problem document.
std::string problem_type(const http::Response& response);

}  // namespace shop::test
