using System.Text;
using Recorder.Actors.Storage;
using Recorder.Contracts;

namespace Recorder.Actors.Recording;

/// <summary>What ends before the next packet is written. Each includes those before it.</summary>
internal enum Cut
{
    None = 0,
    Fragment = 1,
    Blob = 2,
    Extent = 3,
}

/// <summary>
/// Decides by media time, never by the wall clock, where fragments, blobs and extents end. Asked before each packet of the
/// recording's reference track (its first video track, else its first).
/// </summary>
/// <param name="timeslice">Media time a blob gathers at least; null: all of an extent.</param>
/// <param name="fragment">Media time after which data goes to disk.</param>
/// <param name="extentDuration">Media time after which a new extent begins at a key frame.</param>
/// <param name="extentBytes">Bytes after which a new extent begins at a key frame.</param>
/// <param name="phase">The part of an extent's duration by which the first is shorter: from 0 to less than 1.</param>
internal sealed class Slicer(
    TimeSpan? timeslice, TimeSpan fragment, TimeSpan? extentDuration, long? extentBytes, double phase = 0)
{
    private TimeSpan _fragmentStart;
    private bool _dependent;
    private TimeSpan _blobStart;
    private TimeSpan _extentStart = -phase * (extentDuration ?? TimeSpan.Zero);

    /// <summary>Media time after which data goes to disk.</summary>
    public TimeSpan Fragment => fragment;

    /// <summary>A phase for a recorder that is always the same, and spread over those of a node.</summary>
    public static double PhaseOf(RecorderId recorder) =>
        Crc32C.Append(Crc32C.Empty, Encoding.UTF8.GetBytes(recorder.Value)) / (uint.MaxValue + 1.0);

    /// <summary>Whether the extent has what it may hold and only a key frame is missing.</summary>
    public bool ExtentIsDue(TimeSpan time, long bytes) =>
        time - _extentStart >= extentDuration || bytes >= extentBytes;

    /// <summary>What ends before a packet at <paramref name="time"/>.</summary>
    /// <param name="time">The packet's place on the recording's timeline.</param>
    /// <param name="key">Whether decoding can begin at it.</param>
    /// <param name="bytes">Bytes in the extent so far.</param>
    public Cut Before(TimeSpan time, bool key, long bytes)
    {
        var cut = key && ExtentIsDue(time, bytes) && time > _extentStart && time > TimeSpan.Zero ? Cut.Extent
            : time - _blobStart >= timeslice ? Cut.Blob
            : time - _fragmentStart >= fragment || (key && _dependent) ? Cut.Fragment
            : Cut.None;
        // Where pictures depend on others, each group begins a fragment: a player that seeks begins to read there.
        _dependent = !key;
        Note(cut, time);
        return cut;
    }

    /// <summary>A cut made for another reason: requestData().</summary>
    public void Note(Cut cut, TimeSpan time)
    {
        _fragmentStart = cut >= Cut.Fragment ? time : _fragmentStart;
        _blobStart = cut >= Cut.Blob ? time : _blobStart;
        _extentStart = cut >= Cut.Extent ? time : _extentStart;
    }
}
