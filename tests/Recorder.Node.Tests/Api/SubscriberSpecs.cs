using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Actors;
using Recorder.Contracts;
using Recorder.Node.Api;
using Xunit.Abstractions;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Node.Tests.Api;

/// <summary>Two hundred readers of a node's events, over sockets, of which twenty take nothing.</summary>
public sealed class SubscriberSpecs(ITestOutputHelper log)
{
    private const int Readers = 180;
    private const int Stalled = 20;
    private const int Rounds = 10;
    private const int EventsOfARound = 200;
    private const long MostMemory = 32L << 20;

    private static readonly string Detail = new('.', 1500);

    private static readonly RecorderId[] Recorders = [new("a"), new("b"), new("c"), new("d")];

    [Fact]
    public async Task Twenty_readers_that_take_nothing_cost_the_other_hundred_and_eighty_no_event_and_the_node_no_memory()
    {
        await using var node = await ServedNode.StartAsync(options => options with { SubscriberTimeout = TimeSpan.FromSeconds(5) });
        var subscribers = node.Host.Services.GetRequiredService<EventReaders>();
        var stalled = await OpenAsync(node, Stalled, receiveBuffer: 2048);
        var readers = await OpenAsync(node, Readers);
        var reading = readers.Select(reader => Task.Run(() => reader.ReadAsync(Rounds * EventsOfARound))).ToList();
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var most = 0L;
        for (var round = 0; round < Rounds; round++)
        {
            await RaiseAsync(node, round);
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false) - before);
        }

        await Task.WhenAll(reading).WaitAsync(TimeSpan.FromSeconds(30));
        await Eventually.HoldsAsync("who takes nothing is let go", () => subscribers.Count <= Readers);

        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        log.WriteLine(
            $"{Readers} readers, {Stalled} stalled, {Rounds * EventsOfARound} events: {kept >> 20} MiB more than before, {most >> 20} MiB at most");
        var expected = readers[0].Ids;
        expected.Count.ShouldBe(Rounds * EventsOfARound);
        expected.ShouldBe(expected.Distinct().Order());
        readers.ShouldAllBe(reader => reader.Ids.SequenceEqual(expected) && reader.IsInOrder);
        kept.ShouldBeLessThan(MostMemory);

        foreach (var reader in stalled)
        {
            await reader.ReadAsync(int.MaxValue);
            reader.Ids.Count.ShouldBeLessThan(expected.Count, "what a reader does not take is not kept for it");
            using var again = await EventSocket.OpenAsync(node, receiveBuffer: null, reader.Ids is [.., var last] ? last : expected[0] - 1);
            await again.ReadAsync(expected.Count - reader.Ids.Count);
            reader.Ids.Concat(again.Ids).ShouldBe(expected);
        }

        readers.Concat(stalled).ToList().ForEach(reader => reader.Dispose());
    }

    private static async Task<List<EventSocket>> OpenAsync(ServedNode node, int count, int? receiveBuffer = null)
    {
        var opened = new List<EventSocket>();
        for (var i = 0; i < count; i++)
        {
            opened.Add(await EventSocket.OpenAsync(node, receiveBuffer));
        }

        return opened;
    }

    private static async Task RaiseAsync(ServedNode served, int round)
    {
        var node = served.Host.Services.GetRequiredService<NodeRuntime>();
        for (var i = 0; i < EventsOfARound; i++)
        {
            var (recorder, sequence) = (Recorders[i % Recorders.Length], ((round * EventsOfARound) + i) / Recorders.Length + 1);
            node.Runtime.Events.Tell(new SourceChanged(recorder, sequence, DateTimeOffset.UnixEpoch, SourceStatus.Connected, Detail));
        }

        await node.FlushAsync();
    }

    /// <summary>A reader without anything between it and its socket, so that what it does not take stays with the node.</summary>
    private sealed class EventSocket : IDisposable
    {
        private readonly Socket _socket;
        private readonly StreamReader _lines;
        private readonly Dictionary<string, long> _last = [];

        private EventSocket(Socket socket) => (_socket, _lines) = (socket, new StreamReader(new NetworkStream(socket)));

        public List<long> Ids { get; } = [];

        /// <summary>Whether each recorder's events came in the order of their numbers, from 1, without one left out.</summary>
        public bool IsInOrder { get; private set; } = true;

        public static async Task<EventSocket> OpenAsync(ServedNode node, int? receiveBuffer, long? lastEventId = null)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            if (receiveBuffer is { } bytes)
            {
                socket.ReceiveBufferSize = bytes;
            }

            await socket.ConnectAsync(node.Client.BaseAddress!.Host, node.Client.BaseAddress.Port);
            // HTTP/1.0: the answer is not in chunks and ends with the connection.
            var resume = lastEventId is { } id ? $"Last-Event-ID: {id}\r\n" : "";
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /v1/events HTTP/1.0\r\nHost: localhost\r\n{resume}\r\n"));
            var opened = new EventSocket(socket);
            var line = await opened._lines.ReadLineAsync();
            line.ShouldBe("HTTP/1.1 200 OK");
            while (line is not (null or ": recorder"))
            {
                line = await opened._lines.ReadLineAsync();
            }

            return opened;
        }

        /// <summary>Reads so many events, or until the node closes the connection.</summary>
        public async Task ReadAsync(int count)
        {
            var (id, data) = (0L, "");
            try
            {
                while (Ids.Count < count && await _lines.ReadLineAsync() is { } line)
                {
                    if (line.StartsWith("id: ", StringComparison.Ordinal))
                    {
                        id = long.Parse(line.AsSpan(4), null);
                    }
                    else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    {
                        data = line;
                    }
                    else if (line.Length == 0 && data.Length > 0)
                    {
                        Ids.Add(id);
                        Note(data);
                        data = "";
                    }
                }
            }
            catch (IOException)
            {
                // Reset by the node.
            }
        }

        private void Note(string data)
        {
            using var json = JsonDocument.Parse(data.AsMemory("data: ".Length));
            var (recorder, sequence) = (json.RootElement.GetProperty("recorder").GetString()!, json.RootElement.GetProperty("sequence").GetInt64());
            IsInOrder &= sequence == _last.GetValueOrDefault(recorder) + 1;
            _last[recorder] = sequence;
        }

        public void Dispose()
        {
            _lines.Dispose();
            _socket.Dispose();
        }
    }
}
