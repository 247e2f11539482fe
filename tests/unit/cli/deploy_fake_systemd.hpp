// systemctl, journalctl, systemd-analyze and systemd-creds as small scripts in PATH, which keep
// units as files and write down what they were told. What they can't show is shown on a real host
// (tests/system/deploy).
//
// Thread safety: one thread; PATH is the process's.
#pragma once

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/file.hpp"
#include "base/text.hpp"
#include "support/temp_folder.hpp"

namespace shop::test {

// UNIT.is: the properties of a unit. UNIT.next: those that a start ends with, after two looks.
inline constexpr const char* kFakeSystemctl = R"(#!/bin/bash
here=$(dirname "$0")/..
words=()
for word; do
    case $word in
    --no-ask-password | --no-pager | --no-block | --) ;;
    *) words+=("$word") ;;
    esac
done
verb=${words[0]} unit=${words[-1]} is=$here/${words[-1]}.is
[ "$verb" = show ] || echo "${words[*]}" >>"$here/calls"
set_property() { sed -i "/^$1=/d" "$is"; echo "$1=$2" >>"$is"; }
case $verb in
show)
    if [ -e "$is" ]; then cat "$is"; else echo LoadState=not-found; fi
    if [ -e "$is.next" ] && [ ! -e "$here/stuck" ]; then
        looks=$(($(cat "$is.looks") - 1)); echo $looks >"$is.looks"
        if [ $looks -le 0 ]; then mv "$is.next" "$is"; fi
    fi ;;
restart)
    [ -e "$here/refuses" ] && { echo "Failed to restart $unit: Access denied" >&2; exit 4; }
    pid=$(($(cat "$here/pid") + 1)); echo $pid >"$here/pid"
    program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$here/units/$unit")
    mkdir -p "$here/proc/$pid"; ln -s "$program" "$here/proc/$pid/exe"
    set_property NeedDaemonReload no
    set_property NRestarts 0
    cp "$is" "$is.next"; echo 2 >"$is.looks"
    set_property Job 77; set_property ActiveState activating; set_property MainPID $pid
    if [ -e "$here/fails" ]; then outcome=$(cat "$here/fails"); else
        outcome="ActiveState=active MainPID=$pid Result=success"; fi
    is=$is.next
    for property in $outcome; do set_property "${property%%=*}" "${property#*=}"; done ;;
start) set_property ActiveState active ;;
stop) set_property ActiveState inactive; set_property MainPID 0 ;;
reset-failed) exit 1 ;; # as for a unit that has not failed
esac
)";
inline constexpr const char* kFakeJournalctl = R"(#!/bin/bash
here=$(dirname "$0")/..
echo "journalctl $*" >>"$here/journal-calls"
cat "$here/journal" 2>/dev/null || true
)";
inline constexpr const char* kFakeAnalyze = R"(#!/bin/bash
here=$(dirname "$0")/..
cp "${@: -1}" "$here/verified"
ls "${@: -1}.d" >"$here/verified-drop-ins" 2>/dev/null
if [ -e "$here/unknown" ]; then
    echo "${@: -1}:7: Unknown key 'Memory' in section [Service], ignoring." >&2
fi
exit 0
)";
inline constexpr const char* kFakeCreds = R"(#!/bin/bash
[ -e "$(dirname "$0")/../no-creds" ] && exit 1
case $1 in encrypt) base64 ;; decrypt) base64 -d ;; esac
)";

class FakeSystemd {
public:
    FakeSystemd() {
        std::filesystem::create_directories(path("bin"));
        std::filesystem::create_directories(path("units"));
        script("systemctl", kFakeSystemctl);
        script("journalctl", kFakeJournalctl);
        script("systemd-analyze", kFakeAnalyze);
        script("systemd-creds", kFakeCreds);
        write("pid", "100");
        write("calls", "");
        ::setenv("PATH", (path("bin").string() + ':' + old_path_).c_str(), 1);
    }
    ~FakeSystemd() { ::setenv("PATH", old_path_.c_str(), 1); }
    FakeSystemd(const FakeSystemd&) = delete;
    FakeSystemd& operator=(const FakeSystemd&) = delete;

    std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
    void write(const std::string& name, const std::string& text) const {
        REQUIRE(write_file(path(name), text, 0644));
    }
    std::string read(const std::string& name) const { return read_file(path(name)).value_or(""); }
    void script(const std::string& name, const std::string& text) const {
        REQUIRE(write_file(path("bin") / name, text, 0755));
    }
    void unit_is(const std::string& unit, const std::string& properties) const {
        write(unit + ".is", properties);
    }
    // What systemctl was told since the last time.
    std::string take_calls() const {
        std::string calls = read("calls");
        write("calls", "");
        return calls;
    }

private:
    TempFolder folder_;
    const std::string old_path_ = std::getenv("PATH");
};

}  // namespace shop::test
