using Microsoft.Win32.SafeHandles;
using Recorder.Media.Fragments;
using Recorder.Media.Mp4;

namespace Recorder.Media.Scanning;

/// <summary>Scans fragmented MP4 (ISO/IEC 14496-12) for whole fragments and their times.</summary>
internal static class Mp4Scan
{
    public static ExtentScan Run(SafeFileHandle file, long from)
    {
        var tracks = new ScannedTracks();
        var end = 0L;
        if (Mp4Header.Read(file) is { } header)
        {
            var scanned = header.Tracks.Select(track => tracks.Add(track.Id, track.IsVideo, track.Timescale)).ToArray();
            using var reader = new FragmentReader(file, header, header.Bytes.Length);
            while (reader.TryRead(RandomAccess.GetLength(file), out var fragment) && IsWhole(file, fragment, reader, scanned))
            {
                Add(reader, scanned);
                end = reader.Position;
                if (end < from)
                {
                    // Fragments between the first one and the tail were whole when they were announced.
                    reader.Position = end = from;
                }

                if (end == from)
                    tracks.BeginTail();
            }
        }

        return tracks.Result(Math.Max(end, from));
    }

    private static bool IsWhole(SafeFileHandle file, Fragment fragment, FragmentReader reader, ScannedTracks.Track[] tracks)
    {
        var mediaLength = fragment.Length - fragment.HeaderLength;
        var isWhole = !reader.Facts.IsDamaged && !ExtentScan.EndsInHole(file, reader.Position, mediaLength);
        for (var track = 0; track < tracks.Length; track++)
            isWhole &= !tracks[track].IsImpossible(reader.Runs[track].End);

        return isWhole;
    }

    private static void Add(FragmentReader reader, ScannedTracks.Track[] tracks)
    {
        for (var track = 0; track < tracks.Length; track++)
        {
            if (reader.Runs[track] is { Exists: true } run)
                tracks[track].Add(run.Start, run.End, reader.Facts.StartsWithKey || !tracks[track].IsVideo);
        }
    }
}
