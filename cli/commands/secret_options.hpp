// What the commands that change a secret share: whose it is, the lock, the history.
//
// Thread safety: one thread.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <string>

#include "api/endpoint.hpp"
#include "args.hpp"
#include "deploy/history.hpp"
#include "deploy/lock.hpp"
#include "deploy/secrets.hpp"
#include "deploy/state.hpp"
#include "local_options.hpp"
#include "schema/codec.hpp"
#include "shell.hpp"
#include "views.hpp"

namespace shop::cli {

inline void add_state_option(Args& args, std::string& folder) {
    folder = deploy::kStateFolder;
    args.text("--state", folder, "Folder of the deployments' state, as in deploy.yaml");
}

class SecretOptions {
public:
    explicit SecretOptions(Args& args) {
        std::vector<std::string> services;
        for (const auto* table : api::all_daemons()) services.push_back(table->name);
        args.text("secret", name_, "Its name: a to z, 0 to 9 and dashes").required();
        args.text("--service", service_, "Whose it is").required().one_of(services);
        args.text("-m,--message", message_, "Why, for the history");
        add_state_option(args, state_);
    }

    using Change = std::function<Result<std::int64_t>(
        deploy::Secrets& secrets, const std::string& service, const std::string& name)>;

    // Under the lock of deployments; into their history. `change` gives the new version.
    Result<int> run(const Shell& shell, const Change& change) const {
        const deploy::State state{absolute_path(state_)};
        const std::string who = deploy::who_works();
        const Time begun = system_clock().now();
        if (const auto made = state.make(); !made)
            return fail(made.error().code,
                        made.error().message + ". Run it as root, or name another --state.");
        SHOP_TRY(lock, deploy::Lock::take(state.lock(), system_clock(), who,
                                          "secret " + name_ + " of " + service_, false, nullptr));
        deploy::Secrets secrets(state.secrets());
        SHOP_TRY(version, change(secrets, service_, name_));
        SHOP_CHECK(lock->fence());
        deploy::Record record{.kind = "secret", .who = who, .why = message_, .begun_at = begun};
        record.ended_at = system_clock().now();
        record.changes = {service_ + ": secret " + name_ + " is version " +
                          std::to_string(version) + " now"};
        SHOP_CHECK(deploy::History(state.history()).append(std::move(record)));
        return print(shell, secrets);
    }

private:
    Result<int> print(const Shell& shell, const deploy::Secrets& secrets) const {
        SHOP_TRY(all, secrets.list());
        const auto info = std::ranges::find_if(all, [&](const deploy::SecretInfo& one) {
            return one.service == service_ && one.name == name_;
        });
        if (info == all.end()) return fail(Code::internal, "The secret is gone again.");
        if (!info->encrypted)
            shell.say(
                "It is not encrypted, and readable by its owner alone: systemd-creds is not "
                "there, or does not work here.");
        shell.say(service_ + " gets it with the next: shopctl deploy apply");
        return shell.print(schema::encode(*info), secret_view());
    }

    std::string name_;
    std::string service_;
    std::string message_;
    std::string state_;
};

}  // namespace shop::cli
