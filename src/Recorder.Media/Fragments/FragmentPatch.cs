using System.Buffers.Binary;
using Recorder.Media.Mp4;

namespace Recorder.Media.Fragments;

/// <param name="Shift">What is added to its times, in that timescale.</param>
internal readonly record struct TrackPatch(uint Id, uint Timescale, long Shift, byte[]? ParameterSets);

/// <summary>Rewrites the headers of fragments so that they fit into the tracks and the timeline of a virtual file.</summary>
/// <param name="tracks">What becomes of each of its tracks; null for one that is left out.</param>
internal sealed class FragmentPatch(Mp4Header header, IReadOnlyList<TrackPatch?> tracks)
{
    /// <summary>Bytes of an <c>mdat</c> before its media.</summary>
    public const int MdatHeader = 8;

    public byte[]? ParameterSets { get; } = tracks[header.Reference]?.ParameterSets is { Length: > 0 } sets ? sets : null;

    public int AddedHeaderBytes(Fragment fragment) => ParameterSets is null ? 0 : fragment.SizeTableBytes;

    public int AddedMediaBytes(Fragment fragment) => ParameterSets is null ? 0 : ParameterSets.Length * fragment.KeyCount;

    /// <param name="bytes">The header, the <c>mdat</c> header where sets are inserted, and room to grow.</param>
    public void Apply(Span<byte> bytes, Fragment fragment, uint sequence)
    {
        var added = AddedHeaderBytes(fragment);
        if (added > 0)
        {
            var source = bytes[..fragment.HeaderLength].ToArray();
            bytes.Slice(fragment.HeaderLength, MdatHeader).CopyTo(bytes[(fragment.HeaderLength + added)..]);
            SizeTables.Write(source, header, bytes);
        }

        var moof = bytes[..(fragment.HeaderLength + added)];
        foreach (var box in MoofReader.BoxOf(moof).Children(moof))
        {
            if (box.Type == Mp4Box.Mfhd)
            {
                BinaryPrimitives.WriteUInt32BigEndian(moof[(box.Body + 4)..], sequence);
            }
            else if (box.Type == Mp4Box.Traf && TrackFragment.TryRead(moof, box, header, out var traf) && traf.Track >= 0 &&
                tracks[traf.Track] is { } patch)
            {
                ApplyToTrack(moof, traf, patch, fragment);
            }
        }

        if (AddedMediaBytes(fragment) is > 0 and var inserted)
        {
            var mdat = bytes[moof.Length..];
            BinaryPrimitives.WriteUInt32BigEndian(mdat, BinaryPrimitives.ReadUInt32BigEndian(mdat) + (uint)inserted);
        }
    }

    private void ApplyToTrack(Span<byte> moof, TrackFragment traf, TrackPatch patch, Fragment fragment)
    {
        var timescale = header.Tracks[traf.Track].Timescale;
        BinaryPrimitives.WriteUInt32BigEndian(moof[traf.IdOffset..], patch.Id);
        if (traf.DurationOffset > 0)
        {
            var duration = (uint)Mp4Time.Rescale(traf.Duration, timescale, patch.Timescale);
            BinaryPrimitives.WriteUInt32BigEndian(moof[traf.DurationOffset..], duration);
        }

        traf.WriteStart(moof, Math.Max(0, Mp4Time.Rescale(traf.Start, timescale, patch.Timescale) + patch.Shift));
        var time = traf.Start;
        foreach (var box in traf.Box.Children(moof))
        {
            if (box.Type == Mp4Box.Trun)
                time = ApplyToRun(moof, new SampleRun(moof, box, traf), traf.Track, patch, fragment, time);
        }
    }

    // Returns the decode time behind the run.
    private long ApplyToRun(Span<byte> moof, SampleRun samples, int track, TrackPatch patch, Fragment fragment, long time)
    {
        var timescale = header.Tracks[track].Timescale;
        var isScaled = patch.Timescale != timescale;
        var insertedSize = track == header.Reference ? ParameterSets?.Length ?? 0 : 0;
        if (samples.DataOffsetPosition > 0)
        {
            // Sets inserted before this run's media move it; those before its own first sample belong to that sample.
            var moved = ParameterSets is null ? 0 : ParameterSets.Length * fragment.KeysBefore(samples.DataOffset);
            var offset = samples.DataOffset + AddedHeaderBytes(fragment) + moved;
            BinaryPrimitives.WriteInt32BigEndian(moof[samples.DataOffsetPosition..], offset);
        }

        foreach (var sample in samples)
        {
            var end = time + sample.Duration;
            if (isScaled && samples.HasDurations)
            {
                // Both ends are rounded instead of the duration, so that the durations add up.
                var begin = Mp4Time.Rescale(time, timescale, patch.Timescale);
                var duration = Mp4Time.Rescale(end, timescale, patch.Timescale) - begin;
                BinaryPrimitives.WriteUInt32BigEndian(moof[sample.Start..], (uint)duration);
            }

            if (isScaled && samples.HasCompositionOffsets)
            {
                var compositionOffset = (int)Mp4Time.Rescale(sample.CompositionOffset, timescale, patch.Timescale);
                BinaryPrimitives.WriteInt32BigEndian(moof[(sample.End - 4)..], compositionOffset);
            }

            if (insertedSize > 0 && samples.HasSizes && sample.IsSync)
                BinaryPrimitives.WriteUInt32BigEndian(moof[sample.SizeOffset..], sample.Size + (uint)insertedSize);

            time = end;
        }

        return time;
    }
}
