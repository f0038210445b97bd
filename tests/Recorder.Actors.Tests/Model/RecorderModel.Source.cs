using System.Collections.Immutable;
using Recorder.Contracts;

namespace Recorder.Actors.Tests.Model;

// Changes of the source.
internal sealed partial record RecorderModel
{
    public RecorderModel Emit(int frames) => this with
    {
        MayHaveMedia = MayHaveMedia || (IsOpen && State == RecorderState.Recording),
        // The recorder takes all packets before the disk writes.
        Losses = frames > 5 ? Losses.Add(GapCause.DiskStalled) : Losses,
        // The source is ahead of the clock and delivers again when the clock has caught up.
        Flow = -frames * TimeSpan.FromMilliseconds(40),
    };

    public RecorderModel Play(bool plays) => With(Source with { IsPlaying = plays });

    public RecorderModel RefuseConnection() => With(Source with { Opens = false });

    public RecorderModel AllowConnection()
    {
        var next = With(Source with { Opens = true });
        return IsAttached && !IsOpen ? next.Open() : next;
    }

    public RecorderModel Lose() => With(Source with { IsPlaying = false, IsLost = true }, GapCause.SourceLost) with
    {
        Deadline = !IsOpen ? Deadline
            : Now + (HasBegun ? Options.LossTimeout : Options.LossTimeout ?? Options.OpenTimeout) ?? Deadline,
    };

    public RecorderModel Restore() => With(Source with { IsPlaying = true, IsLost = false }, GapCause.SourceLost) with
    {
        Deadline = IsOpen ? null : Deadline,
    };

    public RecorderModel Mute() => With(Source, GapCause.Muted);

    public RecorderModel Drop(GapCause cause) => With(Source, cause);

    public RecorderModel Add(TrackKind track) => Modify(Source with { Tracks = Source.Tracks.Add(track) });

    public RecorderModel Remove(TrackKind kind) => Modify(Source.Without(kind));

    public RecorderModel EndTrack(TrackKind kind)
    {
        var next = With(Source.Without(kind)) with { IsWhole = false };
        return next.Source.Tracks.IsEmpty ? next.EndSource() : next;
    }

    public RecorderModel Resize() => With(Source, GapCause.TrackChanged) with { IsWhole = false };

    /// <summary>Changes the codec of the video track: a copied track cannot continue.</summary>
    public RecorderModel Recode()
    {
        var next = With(Source with { IsRecoded = true });
        return IsOpen ? next.End(Ending.Failed(ErrorName.UnknownError)) : next;
    }

    public RecorderModel EndSource()
    {
        var next = With(Source with { HasEnded = true, IsPlaying = false }) with { KnowsEnd = KnowsEnd || IsWatching };
        return IsAttached ? next.EndOfSource() : next;
    }

    public RecorderModel Fail(ErrorName error)
    {
        var next = With(Source with { IsPlaying = false });
        return IsAttached ? next.End(Ending.Failed(error)) : next;
    }

    public RecorderModel Forbid() => (this with { Source = Source with { IsForbidden = true } }).Fail(ErrorName.SecurityError);

    /// <summary>Ends the source's actor, which forgets its subscribers.</summary>
    public RecorderModel Crash()
    {
        var next = With(Source with { IsPlaying = false });
        next = IsOpen ? next.End(Ending.Failed(ErrorName.UnknownError)) : next with { IsAttached = false };
        return next with { IsWatching = false };
    }

    private RecorderModel Modify(ModelSource source)
    {
        var next = With(source);
        return IsOpen ? next.End(Ending.Failed(ErrorName.InvalidModificationError)) : next;
    }

    // The recording ends normally when it has media or is paused, else with an error.
    private RecorderModel EndOfSource() =>
        Bug == PlantedBug.EndOfSourceIsAnError ? End(Ending.Failed(ErrorName.UnknownError))
        : State == RecorderState.Paused || HasBegun ? End(new Ending(StopReason.SourceEnded))
        : MayHaveMedia ? End(new Ending(StopReason.SourceEnded), Ending.Failed(ErrorName.UnknownError))
        : End(Ending.Failed(ErrorName.UnknownError));

    private RecorderModel With(ModelSource source, GapCause loss = GapCause.Unknown) => this with
    {
        Source = source,
        Flow = TimeSpan.Zero,
        Losses = loss == GapCause.Unknown ? Losses : Losses.Add(loss),
    };
}
