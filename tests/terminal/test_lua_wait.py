"""^C while a script waits: the script ends with what it runs, what it has started and the shell go on."""
from term import CTRL_C, Term, check, main, same


def stopped(t, line, started):
    """Type LINE, wait for what it prints, then ^C."""
    t.line(line)
    t.wait_for("\n")
    t.wait_for(started)
    t.send(CTRL_C)
    t.wait_for("interrupted")
    t.prompt()


def runs(t, pattern):
    return "yes" in t.run("sh pgrep -f '%s' >/dev/null && echo y'es' || echo no" % pattern)


def test_run_is_killed_and_what_was_spawned_goes_on():
    with Term("-q", "minimal") as t:
        t.prompt()
        stopped(t, 'lua p = h1:spawn("sleep 81"); print("st" .. "arted"); h1:run("sleep 82")', "started")
        check(not runs(t, "[s]leep 82"), "run's program goes on")
        check(runs(t, "[s]leep 81"), "a spawned one was ended")
        check("true" in t.run("= p.running"), t.text)
        check("TERM" in t.run("= p:stop().signal"), t.text)
        check("still here" in t.run('= h1:run("echo still here")'), t.text)


def test_all_waits_end():
    with Term("-q", "minimal") as t:
        t.prompt()
        for wait in ("sleep(60)", "p:wait()", 'p:expect("never")', "for l in p:lines() do end", "for e in lab:events() do end",
                     "lab:wait_until(function() end)", "lab:wait_any(p)", "h1:wait_port(9)",
                     "h1:daemon('sleep 84', { ready = 9 })",
                     "while true do pcall(sleep, 60) end"):
            stopped(t, 'lua p = h1:spawn("sleep 83"); print("st" .. "arted"); ' + wait, "started")
            check("TERM" in t.run("= p:stop().signal"), t.text)


def test_parallel_ends_with_all_that_it_runs():
    with Term("-q", "minimal") as t:
        t.prompt()
        stopped(t, 'lua parallel(function() h1:run("sleep 84") end, function() print("st" .. "arted") sleep(60) end, '
                   'function() local q <close> = h2:spawn("sleep 85") q:wait() end, '
                   'function() parallel(function() h2:run("sleep 86") end) end)', "started")
        check(not runs(t, "[s]leep 8[456]"), "a program goes on")
        same(t.run("= 6 * 7").splitlines()[0], "42")


def test_jobs_of_the_shell_and_programs_of_scripts():
    with Term("-q", "minimal") as t:
        t.prompt()
        t.run("h1 sleep 87 &")
        t.run('lua p = h2:spawn("sleep 0.1; echo printed; sleep 88")')
        check("printed" in t.run('= p:expect("%a+", 10)'), t.text)
        check("sleep 87" in t.run("jobs") and "sleep 88" not in t.run("jobs"), t.text)
        # News of jobs may come between any two lines.
        t.line("kill %1")
        t.wait_for("Terminated")
        t.line("= p:stop().signal")
        t.wait_for("TERM\r\n")


if __name__ == "__main__":
    main([test_run_is_killed_and_what_was_spawned_goes_on, test_all_waits_end, test_parallel_ends_with_all_that_it_runs,
          test_jobs_of_the_shell_and_programs_of_scripts])
