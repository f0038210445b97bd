using System.Diagnostics;
using System.Threading.Channels;

namespace Recorder.ActorKernel.Bench;

/// <summary>Tell, ping-pong and Ask beside channels that do the same in the same run. The best of some rounds counts.</summary>
public static class Program
{
    private const int TellCount = 4_000_000;
    private const int PingCount = 1_000_000;
    private const int AskCount = 300_000;
    private const int Rounds = 7;

    public static async Task<int> Main()
    {
        Console.WriteLine($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, best of {Rounds} rounds\n");
        using var system = ActorSystem.Create("bench");
        var figures = await BestOf(
            (TellCount, ChannelTell),
            (TellCount, () => KernelTell(system)),
            (PingCount, ChannelPingPong),
            (PingCount, () => KernelPingPong(system)),
            (AskCount, () => KernelAsk(system)));
        var (channelTell, kernelTell, channelPing, kernelPing, kernelAsk) =
            (figures[0], figures[1], figures[2], figures[3], figures[4]);

        Console.WriteLine($"{"",-34}{"messages/s",14}{"bytes/message",16}{"ratio",10}{"target",10}");
        Print("channel, one writer, one reader", channelTell, null, null);
        Print("Tell to a ReceiveActor", kernelTell, kernelTell.Rate / channelTell.Rate, 0.5);
        Print("ping-pong over two channels", channelPing, null, null);
        Print("ping-pong of two actors", kernelPing, kernelPing.Rate / channelPing.Rate, 1.3);
        Print("sequential Ask (to channel write)", kernelAsk, kernelAsk.Rate / channelTell.Rate, 0.036);
        await system.Terminate();
        return 0;
    }

    private static void Print(string name, Figure figure, double? ratio, double? target) => Console.WriteLine(
        $"{name,-34}{figure.Rate,14:N0}{figure.Bytes,16:F1}{(ratio is { } r ? $"{r:F3}" : ""),10}{(target is { } t ? $"> {t}" : ""),10}");

    /// <summary>Each round runs all of them, so that whatever else the machine does falls on all alike.</summary>
    private static async Task<Figure[]> BestOf(params (int Count, Func<Task> Run)[] cases)
    {
        var best = new Figure[cases.Length];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < cases.Length; i++)
            {
                var figure = await Measure(cases[i].Count, cases[i].Run);
                if (figure.Rate > (best[i]?.Rate ?? 0))
                    best[i] = figure;
            }
        }

        return best;
    }

    private static async Task<Figure> Measure(int count, Func<Task> run)
    {
        GC.Collect();
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        await run();
        var seconds = watch.Elapsed.TotalSeconds;
        bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        return new Figure(count / seconds, (double)bytes / count);
    }

    private static async Task ChannelTell()
    {
        var channel = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
        var message = new Message();
        var reader = Task.Run(async () =>
        {
            var left = TellCount;
            while (await channel.Reader.WaitToReadAsync())
            {
                while (channel.Reader.TryRead(out var item))
                {
                    if (item is Message && --left == 0)
                        return;
                }
            }
        });
        await Task.Run(() =>
        {
            for (var i = 0; i < TellCount; i++)
                channel.Writer.TryWrite(message);
        });
        await reader;
    }

    private static async Task KernelTell(ActorSystem system)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = system.ActorOf(Props.Create(() => new Counter(TellCount, done)));
        var message = new Message();
        await Task.Run(() =>
        {
            for (var i = 0; i < TellCount; i++)
                actor.Tell(message);
        });
        await done.Task;
        system.Stop(actor);
    }

    private static async Task ChannelPingPong()
    {
        var there = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var back = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        var message = new Message();
        var pong = Task.Run(async () =>
        {
            for (var i = 0; i < PingCount / 2; i++)
                back.Writer.TryWrite(await there.Reader.ReadAsync());
        });
        await Task.Run(async () =>
        {
            for (var i = 0; i < PingCount / 2; i++)
            {
                there.Writer.TryWrite(message);
                await back.Reader.ReadAsync();
            }
        });
        await pong;
    }

    private static async Task KernelPingPong(ActorSystem system)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pong = system.ActorOf(Props.Create(() => new Player(int.MaxValue, done)));
        var ping = system.ActorOf(Props.Create(() => new Player(PingCount / 2, done)));
        pong.Tell(new Message(), ping);
        await done.Task;
        system.Stop(ping);
        system.Stop(pong);
    }

    private static async Task KernelAsk(ActorSystem system)
    {
        var echo = system.ActorOf(Props.Create(() => new Echo()));
        var message = new Message();
        await Task.Run(async () =>
        {
            for (var i = 0; i < AskCount; i++)
                await echo.Ask<Message>(message);
        });
        system.Stop(echo);
    }

    private sealed record Figure(double Rate, double Bytes);

    private sealed class Message;

    private sealed class Counter : ReceiveActor
    {
        public Counter(int left, TaskCompletionSource done) => Receive<Message>(_ =>
        {
            if (--left == 0)
                done.SetResult();
        });
    }

    private sealed class Player : ReceiveActor
    {
        public Player(int left, TaskCompletionSource done) => Receive<Message>(message =>
        {
            if (--left == 0)
                done.SetResult();
            else
                Sender.Tell(message);
        });
    }

    private sealed class Echo : ReceiveActor
    {
        public Echo() => Receive<Message>(message => Sender.Tell(message));
    }
}
