using System.Text;
using Recorder.Actors.Storage;
using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>What ends before the next packet is written. Each value includes the smaller ones.</summary>
internal enum Cut
{
    None = 0,
    Fragment = 1,
    Blob = 2,
    Extent = 3,
}

/// <summary>
/// Decides by media time, never by the wall clock, where fragments, blobs and extents end. Called before each packet of the track whose
/// decode time is the media clock.
/// </summary>
/// <param name="timeslice">Minimum media time of a blob; null makes one blob of each extent.</param>
/// <param name="fragment">Media time after which data goes to disk.</param>
/// <param name="extentDuration">Media time after which a new extent begins at a key frame.</param>
/// <param name="extentBytes">Bytes after which a new extent begins at a key frame.</param>
/// <param name="phase">The part of an extent's duration by which the first is shorter: from 0 to less than 1.</param>
/// <param name="minimumTimeslice">The least timeslice: a shorter one, zero too, is raised to it.</param>
internal sealed class SliceClock(
    TimeSpan? timeslice, TimeSpan fragment, TimeSpan? extentDuration, long? extentBytes, double phase = 0, TimeSpan minimumTimeslice = default)
{
    private readonly TimeSpan? _timeslice = timeslice < minimumTimeslice ? minimumTimeslice : timeslice;
    private TimeSpan _fragmentStart;
    private bool _lastWasDependent;
    private TimeSpan _blobStart;
    private TimeSpan _extentStart = -phase * (extentDuration ?? TimeSpan.Zero);

    public TimeSpan Fragment => fragment;

    /// <summary>Computes a phase that is constant for a recorder and differs between recorders, so that their extents do not end together.</summary>
    public static double PhaseOf(RecorderId recorder) =>
        Crc32C.Append(Crc32C.Empty, Encoding.UTF8.GetBytes(recorder.Value)) / (uint.MaxValue + 1.0);

    /// <summary>Whether the extent has reached its duration or size and ends at the next key frame.</summary>
    public bool ExtentIsDue(TimeSpan time, long bytes) =>
        time - _extentStart >= extentDuration || bytes >= extentBytes;

    /// <summary>Decides what ends before a packet at <paramref name="time"/>.</summary>
    /// <param name="time">The packet's place on the recording's timeline.</param>
    /// <param name="key">Whether decoding can begin at the packet.</param>
    /// <param name="bytes">Bytes in the extent so far.</param>
    public Cut Before(TimeSpan time, bool key, long bytes)
    {
        var cut = key && ExtentIsDue(time, bytes) && time > _extentStart && time > TimeSpan.Zero ? Cut.Extent
            : time - _blobStart >= _timeslice ? Cut.Blob
            : time - _fragmentStart >= fragment || (key && _lastWasDependent) ? Cut.Fragment
            : Cut.None;
        // Every GOP of more than one frame begins a fragment, because a player that seeks begins to read there.
        _lastWasDependent = !key;
        Apply(cut, time);
        return cut;
    }

    /// <summary>Applies a cut that was made for another reason, such as requestData().</summary>
    public void Apply(Cut cut, TimeSpan time)
    {
        _fragmentStart = cut >= Cut.Fragment ? time : _fragmentStart;
        _blobStart = cut >= Cut.Blob ? time : _blobStart;
        _extentStart = cut >= Cut.Extent ? time : _extentStart;
    }
}
