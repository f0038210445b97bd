using Recorder.Contracts;
using Recorder.FFmpeg;
using static Recorder.Actors.Capture.CaptureProtocol;
using static Recorder.Contracts.RecorderProtocol;

namespace Recorder.Actors.Recording;

// What an inactive recorder holds of its source's past, so that it can be started some time ago.
internal sealed partial class MediaRecorderActor
{
    private const string HoldTimer = "hold";

    private static readonly TimeSpan HoldRetry = TimeSpan.FromSeconds(1);

    // Long enough for a node to end what it records and tell of it, while another that is to go on with it holds what comes.
    private static readonly TimeSpan Handover = TimeSpan.FromSeconds(15);

    // A key frame that both nodes have, though their clocks differ a little.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromMilliseconds(100);

    // Only a live source has a past that goes by. Half of what may wait for the disk: all of it waits there at once when it is recorded.
    private PreRollRing? PastOf(RecorderOptions options) =>
        (_memory.IsWarm && !(options.PreRoll > Handover) ? Handover : options.PreRoll) is { } time && _source.IsLive
            ? new PreRollRing(time, Math.Min(options.PreRollBytes, options.MemoryLimit / 2), identifies: _memory.IsWarm)
            : null;

    private bool Holds => _past is not null && !_memory.IsRetiring && (_options.PreRoll is not null || _memory.IsWarm);

    private void Hold()
    {
        if (Holds)
        {
            Unwatch();
            _past!.Clear();
            Attach();
        }
    }

    private void Holding()
    {
        if (_past is null)
        {
            return;
        }

        Receive<ISourceMessage>(IsStale, Drop);
        Receive<MediaArrived>(media =>
        {
            _past.Add(media.Batch, Now, Steady);
            media.Done();
        });
        Receive<SourceOpened>(opened =>
        {
            _capture = Context.Watch(Sender);
            _sourceStatus = SourceStatus.Connected;
            _past.Open(opened);
        });
        Receive<SourceConnecting>(_ => _sourceStatus = SourceStatus.Connecting);
        Receive<SourceLost>(lost => Keep(lost, SourceStatus.Lost));
        Receive<SourceRestored>(restored => Keep(restored, SourceStatus.Connected));
        Receive<MediaDropped>(dropped => Keep(dropped, _sourceStatus));
        Receive<TimestampsMended>(mended => Keep(mended, _sourceStatus));
        Receive<TrackMuted>(muted => Keep(muted, _sourceStatus));
        Receive<TracksChanged>(changed => Keep(changed, _sourceStatus));
        Receive<SourceEnded>(_ => StopHolding(SourceStatus.Ended));
        Receive<SourceFailed>(_ => StopHolding(SourceStatus.Lost));
        // Its tracks are others now: what was held begins anew with them.
        Receive<SourceMessage>(_ => Hold());
        Receive<Terminated>(died => died.ActorRef.Equals(_capture), _ =>
        {
            StopHolding(SourceStatus.Lost);
            Timers.StartSingleTimer(HoldTimer, new HoldAgain(), HoldRetry);
        });
        Receive<HoldAgain>(_ => Hold());
    }

    private void Keep(SourceMessage message, SourceStatus status)
    {
        _sourceStatus = status;
        _past!.Add(message);
    }

    private void StopHolding(SourceStatus status)
    {
        Unwatch();
        _sourceStatus = status;
        _past!.Clear();
    }

    // The source goes on where the past ends: it is the same attachment.
    private bool BeginInThePast(Start start)
    {
        var past = _recording!.Continued is { } continued
            ? _recording.MayOverlap ? PastFrom(continued) : null
            : start.PreRoll is { } ago ? _past?.TakeFrom(Steady - ago) : null;
        if (past is null)
        {
            return false;
        }

        foreach (var happened in past)
        {
            // With its duration reached, or an error, it is over; what is left is only given back.
            switch (happened)
            {
                case PacketBatch batch:
                    OnMediaStep(batch, static (session, batch) => session.Write(batch));
                    batch.Release();
                    break;
                case var _ when _recording is null:
                    break;
                case SourceOpened opened:
                    OnOpened(opened, _capture);
                    break;
                case SourceLost lost:
                    OnLost(lost);
                    break;
                case SourceRestored restored:
                    OnRestored(restored);
                    break;
                case MediaDropped dropped:
                    OnDropped(dropped);
                    break;
                case TracksChanged changed:
                    OnTracksChanged(changed);
                    break;
                case TimestampsMended mended:
                    OnTimestampsMended(mended);
                    break;
                case TrackMuted muted:
                    OnMediaStep(session => session.Mute(muted.Track, muted.Muted));
                    break;
                default:
                    break;
            }
        }

        return true;
    }

    // A key frame that both nodes have; where none is known by its bytes, as their clocks say.
    private IReadOnlyList<object>? PastFrom(InterruptedRecording continued)
    {
        if (_past?.TakeAt(continued.KeyPictures ?? []) is (var past, var seam))
        {
            _recording!.Seam = seam;
            return past;
        }

        return _past?.TakeBefore(continued.EndedAt - ClockDifference);
    }

    private void Attach()
    {
        // Counted beyond a restart: what was sent to the actor before it still waits in the mailbox.
        _attachment = Interlocked.Increment(ref _attachments);
        _environment.Sources.Tell(new Attach(_source, _attachment));
    }

    private void Unwatch()
    {
        Context.Unwatch(_capture);
        _capture = ActorRefs.Nobody;
    }

    /// <summary>The source's actor died: attach to its next.</summary>
    private sealed record HoldAgain;
}
