using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Recorder.Actors;
using Recorder.Actors.Catalogue;
using Recorder.Contracts;
using Recorder.Node.Api;
using Recorder.Node.Security;
using Recorder.Node.Tests.Serve;
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

    // What a server holds for a connection before it keeps the writer waiting, what the stream then still writes, and an event.
    private const int ServerHolds = 64 << 10;
    private const int MostQueued = ServerHolds + (16 << 10) + (4 << 10);

    private static readonly string Detail = new('.', 1500);

    private static readonly RecorderId[] Recorders = [new("a"), new("b"), new("c"), new("d")];

    [Fact]
    public async Task Twenty_readers_that_take_nothing_cost_the_other_hundred_and_eighty_no_event()
    {
        await using var node = await ServedNode.StartAsync(options => options with { SubscriberTimeout = TimeSpan.FromSeconds(5) });
        var subscribers = node.Host.Services.GetRequiredService<EventReaders>();
        var stalled = await OpenAsync(node, Stalled, receiveBuffer: 2048);
        var readers = await OpenAsync(node, Readers);
        var reading = readers.Select(reader => Task.Run(() => reader.ReadAsync(Rounds * EventsOfARound))).ToList();
        for (var round = 0; round < Rounds; round++)
            await RaiseAsync(node, round);

        await Task.WhenAll(reading).WaitAsync(TimeSpan.FromSeconds(30));
        await Eventually.HoldsAsync("who takes nothing is let go", () => subscribers.Count <= Readers);

        var expected = readers[0].Ids;
        expected.Count.ShouldBe(Rounds * EventsOfARound);
        expected.ShouldBe(expected.Distinct().Order());
        readers.ShouldAllBe(reader => reader.Ids.SequenceEqual(expected) && reader.IsInOrder);

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

    // What it costs is counted where it lies, not by the memory of a process in which other specs run.
    [Fact]
    public async Task What_is_queued_for_a_reader_that_takes_nothing_is_bounded_however_many_events_come()
    {
        await using var node = await ServedNode.StartAsync();
        var readers = Enumerable.Range(0, Stalled).Select(_ => new UnreadResponse()).ToList();
        var streams = readers.Select(reader => RunAsync(node, reader)).ToList();
        for (var round = 0; round < Rounds; round++)
            await RaiseAsync(node, round);

        // Each is let go once it has taken nothing for as long as its timeout.
        await Eventually.HoldsAsync("each is let go", () => streams.TrueForAll(stream => stream.IsCompleted));

        streams.ShouldAllBe(stream => stream.Exception!.InnerException is TimeoutException);
        log.WriteLine($"{Rounds * EventsOfARound} events of {Detail.Length} bytes: at most {readers.Max(reader => reader.Queued)} bytes are queued for a reader");
        readers.ShouldAllBe(reader => reader.Queued >= ServerHolds && reader.Queued <= MostQueued);
    }

    private static Task RunAsync(ServedNode node, UnreadResponse reader)
    {
        var context = new DefaultHttpContext();
        context.Features.Set<IHttpResponseBodyFeature>(reader);
        var services = node.Host.Services;
        var stream = new Recorder.Node.Api.EventStream(
            context.Response, new EventFilter(null, new HashSet<string>(), Access.Unguarded), services.GetRequiredService<EventTail>(),
            services.GetRequiredService<ICatalogue>(), TimeSpan.FromSeconds(1), TimeProvider.System);
        return stream.RunAsync(after: null, CancellationToken.None);
    }

    private static async Task<List<EventSocket>> OpenAsync(ServedNode node, int count, int? receiveBuffer = null)
    {
        var opened = new List<EventSocket>();
        for (var i = 0; i < count; i++)
            opened.Add(await EventSocket.OpenAsync(node, receiveBuffer));

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

    /// <summary>An answer that nobody reads, with as much room as a server has; and what was written into it.</summary>
    private sealed class UnreadResponse : PipeWriter, IHttpResponseBodyFeature
    {
        private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: ServerHolds, resumeWriterThreshold: ServerHolds / 2));

        public long Queued { get; private set; }

        public PipeWriter Writer => this;

        public Stream Stream => AsStream();

        public override void Advance(int bytes)
        {
            Queued += bytes;
            _pipe.Writer.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _pipe.Writer.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => _pipe.Writer.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => _pipe.Writer.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => _pipe.Writer.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => _pipe.Writer.Complete(exception);

        public void DisableBuffering()
        {
        }

        public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public Task CompleteAsync() => Task.CompletedTask;
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
                socket.ReceiveBufferSize = bytes;

            await socket.ConnectAsync(node.Client.BaseAddress!.Host, node.Client.BaseAddress.Port);
            // HTTP/1.0: the answer is not in chunks and ends with the connection.
            var resume = lastEventId is { } id ? $"Last-Event-ID: {id}\r\n" : "";
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /v1/events HTTP/1.0\r\nHost: localhost\r\n{resume}\r\n"));
            var opened = new EventSocket(socket);
            var line = await opened._lines.ReadLineAsync();
            line.ShouldBe("HTTP/1.1 200 OK");
            while (line is not (null or ": recorder"))
                line = await opened._lines.ReadLineAsync();

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
