// A whole shop of the real binaries: `shopctl up --detach` in a folder of its own on free ports,
// `shopctl down` at the end. Passwords are hashed cheaply, so that tests can have many customers.
//
// Thread safety: ctl(), as() and url() from any thread; the rest uses Catch's assertions, which
// belong to the test's own thread.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "http/message.hpp"
#include "support/process.hpp"
#include "support/temp_folder.hpp"

namespace shop::test {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

// The password of every customer that tests make.
inline constexpr const char* kPassword = "correct horse battery";

class RunningShop {
public:
    // `lay_out` puts something into the (empty) data folder before the shop starts.
    using LayOut = std::function<void(const std::filesystem::path& data_dir)>;
    explicit RunningShop(const LayOut& lay_out = {});
    ~RunningShop();

    const std::filesystem::path& folder() const { return folder_.path(); }
    std::filesystem::path data_dir() const { return folder() / "data"; }
    int port_base() const { return port_base_; }
    int spare_port() const { return port_base_ + 4; }  // behind those of its daemons
    // "userd", "productd" or "orderd"
    std::string url(const std::string& service) const;
    pid_t pid_of(const std::string& service) const;
    // HOME, SHOPCTL_CONFIG and what keeps this machine's own settings out.
    const std::map<std::string, std::string>& environment() const { return environment_; }

    // shopctl with these arguments; without --context it is the administrator's.
    Outcome ctl(std::vector<std::string> arguments, const std::string& input = "") const;
    // The same with exit code 0 required: its standard output.
    std::string ok(std::vector<std::string> arguments, const std::string& input = "") const;
    // The same with -o json.
    Json json(std::vector<std::string> arguments, const std::string& input = "") const;
    // Registers a customer and signs in, in a context of that name.
    void customer(const std::string& name) const;
    // As that customer.
    Outcome as(const std::string& name, std::vector<std::string> arguments) const;
    Json json_as(const std::string& name, std::vector<std::string> arguments) const;
    // An access token, over HTTP.
    std::string token(const std::string& username, const std::string& password) const;
    // username and password of the first administrator
    std::pair<std::string, std::string> admin() const;

    // One HTTP request.
    http::Response send(const std::string& service, const std::string& method,
                        const std::string& target, const HeaderList& headers = {},
                        const std::string& body = "") const;

private:
    TempFolder folder_;
    int port_base_;
    std::map<std::string, std::string> environment_;
};

// One shop for all tests of the program that don't disturb each other; started when first asked
// for.
RunningShop& shared_shop();

// A port base above 20000 whose four ports are free.
int free_port_base();
std::filesystem::path binary(const std::string& name);

}  // namespace shop::test
