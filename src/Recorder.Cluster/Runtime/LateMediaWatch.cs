using System.Text;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Recorder.Actors.Catalogue;
using Recorder.Actors.Recording;
using Recorder.Cluster.Events;
using Recorder.Cluster.Index;
using Recorder.Cluster.Tenures;
using Recorder.Contracts;
using Recorder.Contracts.Json;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Cluster.Runtime;

/// <summary>
/// Has the recorders that this node holds say what another node recorded after this one had taken over: once, when the other one has ended and all that it
/// raised is known here. What was said is in the log, so that nobody says it again, neither this node after a restart nor the next holder.
/// </summary>
/// <param name="findBegun">Under which tenure a recorder raises its events on this node.</param>
/// <param name="recorders">The parent of this node's recorders.</param>
internal sealed class LateMediaWatch(
    EventLog log, ClusterView view, Func<RecorderId, Tenure?> findBegun, IActorRef recorders, ILogger logger, TimeProvider time) : IAsyncDisposable
{
    private const int Page = 2_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // Longer than the time between two reports of a holder, so that one that has just joined is heard of.
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(3);

    // After it the recorder is taken for having lost what it was asked.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromMinutes(5);

    private readonly Dictionary<(RecorderId Recorder, Tenure Tenure), Pending> _pending = [];
    private readonly CancellationTokenSource _ending = new();
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(RunAsync);

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
#pragma warning disable VSTHRD003 // It was started on the thread pool.
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
#pragma warning restore VSTHRD003
        _ending.Dispose();
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await Task.Delay(Interval, time, _ending.Token).ConfigureAwait(false);
            try
            {
                await StepAsync().ConfigureAwait(false);
            }
            catch (CatalogueUnavailableException)
            {
                // The next step tries again.
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                // One failure must not end it: late media of all recorders would silently stay untold.
                TenuresLog.LateMediaFailed(logger, failed);
            }
        }
    }

    private async Task StepAsync()
    {
        foreach (var recorder in log.TakeChanged().Concat(_pending.Keys.Select(pending => pending.Recorder)).Distinct().ToList())
        {
            var late = IsOwner(recorder) ? log.FindUntoldLate(recorder) : [];
            foreach (var key in _pending.Keys.Where(key => key.Recorder == recorder && !late.Any(range => range.Tenure == key.Tenure)).ToList())
                _pending.Remove(key);

            foreach (var range in late)
                await CheckAsync(recorder, range).ConfigureAwait(false);
        }
    }

    private bool IsOwner(RecorderId recorder) =>
        view.Holds(recorder) && findBegun(recorder) is { } begun && log.FindOrder(recorder).Order.Ends is [.., var last] && last.Tenure == begun;

    private async Task CheckAsync(RecorderId recorder, EventRange range)
    {
        var key = (recorder, range.Tenure);
        var known = _pending.GetValueOrDefault(key);
        if (known is { IsTold: true } && range.From <= known.To && time.GetElapsedTime(known.Since) < AnswerTimeout)
            return;

        if (known is null || known.IsTold || known.To != range.To || MayGoOn(recorder, range.Tenure.Node))
        {
            _pending[key] = new Pending(range.To, time.GetTimestamp());
        }
        else if (time.GetElapsedTime(known.Since) >= Quiet)
        {
            var summary = await SumUpAsync(recorder, range).ConfigureAwait(false);
            TenuresLog.LateMedia(logger, recorder, range.Tenure.Node, summary.Extents);
            recorders.Tell(new RecordersActor.ToOne(recorder, new RecorderControl.NoteLateMedia(summary)), ActorRefs.NoSender);
            _pending[key] = new Pending(range.To, time.GetTimestamp(), IsTold: true);
        }
    }

    // Whether the other node may record still: it holds the recorder, or lives and is not heard of its recorders.
    private bool MayGoOn(RecorderId recorder, string node) =>
        view.IsHeldElsewhere(recorder) || (node != view.Node && view.Find(node) is { IsAlive: true, IsTogether: false });

    private async Task<LateMedia> SumUpAsync(RecorderId recorder, EventRange range)
    {
        var extents = new HashSet<(RecordingId, int)>();
        var (gaps, marks, from, to) = (0L, 0L, default(DateTimeOffset?), default(DateTimeOffset?));
        var (first, last) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
        for (var next = range; next.From <= next.To;)
        {
            var page = await log.Connections.ReadAsync(reader => EventTable.Read(reader, recorder, next, Page), _ending.Token).ConfigureAwait(false);
            foreach (var raised in page)
            {
                (first, last) = (raised.At < first ? raised.At : first, raised.At > last ? raised.At : last);
                switch (ProtocolJson.Read<IEvent>(Encoding.UTF8.GetString(raised.Json)))
                {
                    case DataAvailable { Data: { Length: > 0 } blob }:
                        extents.Add((blob.Recording, blob.Extent));
                        from = from < blob.CapturedAt ? from : blob.CapturedAt;
                        to = to > blob.CapturedAt + blob.Duration ? to : blob.CapturedAt + blob.Duration;
                        break;
                    case GapRecorded:
                        gaps++;
                        break;
                    case Marked:
                        marks++;
                        break;
                    default:
                        break;
                }
            }

            next = page.Count < Page ? next with { From = next.To + 1 } : next with { From = page[^1].Number.Number + 1 };
        }

        return new LateMedia(recorder, 0, default, range.Tenure.ToContract()!, range.From, range.To)
        {
            From = from ?? (first < last ? first : last),
            To = to ?? last,
            Extents = extents.Count,
            Gaps = gaps,
            Marks = marks,
        };
    }

    /// <param name="Since">Since when nothing has changed, or when the recorder was asked.</param>
    private sealed record Pending(long To, long Since, bool IsTold = false);
}
