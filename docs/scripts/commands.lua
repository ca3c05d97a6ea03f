-- Commands of one's own. `source commands.lua`, or put it into ~/.config/nslab/init.lua; then `help add lan`, and Tab completes.

command {
  name = "add lan", args = "<name:switch> <name:host>...", help = "add a switch with hosts on it",
  example = "add lan s9 h8 h9",
  run = function(switch, hosts)
    lab:add_switch(switch)
    for _, host in ipairs(hosts) do
      lab:link(lab:add_host(host), switch)
    end
  end,
}

command {
  name = "reach", args = "<host> [<host:other>...] [timeout=<time>]", help = "show who answers a host",
  details = "Without others, all hosts are tried. The status is 1 when somebody does not answer.",
  run = function(from, others, options)
    local lost = 0
    for _, to in ipairs(#others > 0 and others or lab:hosts()) do
      if to.name ~= from.name then
        local ok = from:run({ "ping", "-c1", "-W" .. (options.timeout or 1), to.name }).ok
        print(("%s -> %s  %s"):format(from, to, ok and "answers" or "is silent"))
        lost = lost + (ok and 0 or 1)
      end
    end
    return lost == 0
  end,
}

command {
  name = "flap", args = "<node:a> <node:b> [times=<number>]", help = "cut the cable between two nodes, and mend it",
  run = function(a, b, options)
    for _ = 1, options.times or 1 do
      lab:cmd(("link %s %s down"):format(a, b))
      lab:cmd(("link %s %s up"):format(a, b))
    end
  end,
}
