// Real programs in tests: one run of a program, and a whole shop by `shopctl up` on free ports of
// loopback.
//
// Thread safety: one thread; several shops side by side are fine.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "support/temp_folder.hpp"

namespace shop::test {

struct Ran {
    int exit_code = -1;  // 128 + signal where it was killed
    std::string out;
    std::string err;
};
using Variables = std::map<std::string, std::string>;

// Runs to its end, at most 120 s (then it is killed). `variables` are added to the environment.
Ran run_program(const std::vector<std::string>& words, const Variables& variables = {},
                const std::string& input = "");

// A shop in a folder of its own; ends with the object.
class RunningShop {
public:
    // Password hashing is cheap here, so that many customers may register.
    explicit RunningShop(bool import_sample = true);
    ~RunningShop();
    RunningShop(const RunningShop&) = delete;
    RunningShop& operator=(const RunningShop&) = delete;

    const std::filesystem::path& folder() const { return folder_.path(); }
    std::filesystem::path data() const { return folder() / "data"; }
    // 1 userd, 2 productd, 3 orderd.
    std::string url(int service) const;
    const Variables& variables() const { return variables_; }

    // shopctl with these words, in this shop's configuration.
    Ran ctl(std::vector<std::string> words, const std::string& input = "") const;
    // The same with -o json; the test fails where it does not exit 0.
    Json json(std::vector<std::string> words, const std::string& input = "") const;
    // Registers a customer and signs in under a context of that name; the password is `name` + "
    // secret".
    void sign_up(const std::string& name) const;
    long pid_of(const std::string& service) const;

private:
    TempFolder folder_;
    int port_base_ = 0;
    Variables variables_;
};

// Four free ports in a row start after this one.
int free_port_base();

}  // namespace shop::test
