#!/usr/bin/env escript
%% -*- erlang -*-
%%! +P 1048576
%% The same work in Erlang/OTP, for the table of `make bench`. Prints a line `name median p99 best` for each figure, in
%% seconds for one unit, or bytes.
-mode(compile).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, start_child/1]).

-define(CHILDREN, 10000).
-define(MEMBERS, 100).
-define(BURST, 1000).

main(_) ->
    ask_reply(),
    {Supervisor, Children} = spawn_children(),
    crash(Supervisor, Children),
    deliveries().

%% A gen_server that answers calls, and tells its owner when it is up.
start_child(Owner) -> gen_server:start_link(?MODULE, {child, Owner}, []).

init(supervisor) ->
    Child = #{id => child, start => {?MODULE, start_child, []}, restart => permanent},
    {ok, {#{strategy => simple_one_for_one, intensity => 1000000, period => 1}, [Child]}};
init({child, Owner}) ->
    Owner ! {up, self(), now_ns()},
    {ok, 0}.

handle_call({ask, N}, _From, State) -> {reply, N, State}.
handle_cast(crash, _State) -> exit(asked);
handle_cast(_, State) -> {noreply, State}.
handle_info(_, State) -> {noreply, State}.

ask_reply() ->
    {ok, Server} = start_child(self()),
    receive {up, Server, _} -> ok end,
    measure(ask_reply, 3, 15, 20000, fun() -> ask(Server, 20000) end).

ask(_, 0) -> ok;
ask(Server, N) -> N = gen_server:call(Server, {ask, N}), ask(Server, N - 1).

spawn_children() ->
    process_flag(trap_exit, true),
    {ok, Supervisor} = supervisor:start_link(?MODULE, supervisor),
    error_logger:tty(false),
    logger:set_primary_config(level, none),
    measure(spawn, 3, 15, 100, fun() -> start(Supervisor, 100) end),
    stop_all(Supervisor),
    erlang:garbage_collect(),
    Before = erlang:memory(total),
    Children = start(Supervisor, ?CHILDREN),
    drain(),
    erlang:garbage_collect(),
    Bytes = (erlang:memory(total) - Before) / ?CHILDREN,
    io:format("idle_memory ~.1f ~.1f ~.1f~n", [Bytes, Bytes, Bytes]),
    {Supervisor, Children}.

start(Supervisor, N) ->
    [begin {ok, Pid} = supervisor:start_child(Supervisor, [self()]), Pid end || _ <- lists:seq(1, N)].

stop_all(Supervisor) ->
    [supervisor:terminate_child(Supervisor, Pid) || {_, Pid, _, _} <- supervisor:which_children(Supervisor)],
    drain().

drain() -> receive _ -> drain() after 0 -> ok end.

%% From the death of a child to the moment its replacement is up.
crash(_Supervisor, Children) ->
    drain(),
    Samples = [replaced(Pid) || Pid <- lists:sublist(Children, 220)],
    report(replacement, lists:nthtail(20, Samples)).

replaced(Pid) ->
    Start = now_ns(),
    gen_server:cast(Pid, crash),
    receive {up, _, At} -> (At - Start) / 1.0e9 end.

deliveries() ->
    {ok, _} = pg:start_link(),
    Owner = self(),
    [spawn_link(fun() -> pg:join(signals, self()), Owner ! joined, member(Owner, 0) end) || _ <- lists:seq(1, ?MEMBERS)],
    [receive joined -> ok end || _ <- lists:seq(1, ?MEMBERS)],
    measure(delivery, 3, 15, ?BURST * ?MEMBERS, fun() -> publish(?BURST), gather() end),
    [Member ! one_by_one || Member <- pg:get_members(signals)],
    measure(hundredth, 100, 1000, 1, fun() -> publish(1), gather() end).

publish(0) -> ok;
publish(N) ->
    Signal = {delta, N, <<"agent/ada">>, <<"core">>, <<"some words of a reply ">>, <<"call-1">>, 1},
    [Member ! Signal || Member <- pg:get_members(signals)],
    publish(N - 1).

gather() -> [receive done -> ok end || _ <- lists:seq(1, ?MEMBERS)].

member(Owner, Count) ->
    receive
        one_by_one -> eager(Owner);
        _ when Count + 1 =:= ?BURST -> Owner ! done, member(Owner, 0);
        _ -> member(Owner, Count + 1)
    end.

eager(Owner) -> receive _ -> Owner ! done, eager(Owner) end.

now_ns() -> erlang:monotonic_time(nanosecond).

measure(Name, WarmUp, Runs, Units, Work) ->
    [Work() || _ <- lists:seq(1, WarmUp)],
    report(Name, [once(Work) / Units || _ <- lists:seq(1, Runs)]).

once(Work) ->
    Start = now_ns(),
    Work(),
    (now_ns() - Start) / 1.0e9.

report(Name, Samples) ->
    Sorted = lists:sort(Samples),
    At = fun(Part) -> lists:nth(min(length(Sorted), trunc(length(Sorted) * Part) + 1), Sorted) end,
    io:format("~s ~.12f ~.12f ~.12f~n", [Name, At(0.5), At(0.99), hd(Sorted)]).
