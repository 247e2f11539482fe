// Says what passed in a line each, what failed in full, and how many there were in the words that scripts/run-tests counts.
function reason(details) {
    const error = details.error.cause ?? details.error;
    const where = (error?.stack ?? "").split("\n").filter((line) => /^ +at /.test(line));
    return [error?.message ?? error, ...where].join("\n");
}

export default async function* report(events) {
    let passed = 0;
    let failed = 0;
    for await (const { type, data } of events) {
        // A file and a group of tests are reported as well: what counts is what has a sentence for a name.
        const isTest = data.details?.type !== "suite" && /[: ]/.test(data.name ?? "");
        if (type === "test:pass" && isTest && !data.skip) {
            ++passed;
            yield `passed: ${data.name} (${Math.round(data.details.duration_ms)} ms)\n`;
        }
        if (type === "test:fail" && isTest) {
            ++failed;
            yield `web: failed at: ${data.name}\n${reason(data.details)}\n`;
        }
        if (type === "test:fail" && !isTest && failed === 0) {
            yield `web: failed at: ${data.name}\n${reason(data.details)}\n`;
        }
        if (
            type === "test:diagnostic" &&
            !/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(data.message)
        )
            yield `${data.message}\n`;
        if (type === "test:stderr" || type === "test:stdout") yield data.message;
    }
    yield `script tests: ${passed} passed\n`;
}
