namespace Recorder.FFmpeg;

internal static unsafe class OutputStream
{
    public static void Add(AVFormatContext* context, string format, MuxerTrack track)
    {
        using var parameters = track.Parameters.Borrow();
        // FFmpeg's query refuses some codecs that its Matroska muxer can write, such as G.711. There, writing the header decides.
        if (format != "matroska"
            && ffmpeg.avformat_query_codec(context->oformat, parameters.Pointer->codec_id, ffmpeg.FF_COMPLIANCE_NORMAL) == 0)
            throw new FFmpegException(NativeError.InvalidArgument, $"{ContainerName(format)} cannot hold {track.Parameters.Codec}.");
        var stream = NativeError.NotNull(ffmpeg.avformat_new_stream(context, null));
        var native = stream->codecpar;
        NativeError.Check(ffmpeg.avcodec_parameters_copy(native, parameters.Pointer), "Copying codec parameters");
        // The source's tag belongs to its own container. Apple's players need hvc1, which promises that the header has the
        // parameter sets.
        native->codec_tag = format is "mp4" or "mov" && track.Parameters is { Codec: "hevc", HasExtraData: true } ? Tag("hvc1") : 0;
        if (track.Parameters.Codec == "aac" && !track.Parameters.HasExtraData)
            CodecParameters.SetExtraData(native, AacHeader.Make(native->profile, native->sample_rate, native->ch_layout.nb_channels));
        stream->time_base = track.TimeBase.ToNative();
        var frameRate = track.FrameRate.IsKnown ? track.FrameRate : track.Parameters.FrameRate;
        if (frameRate.IsKnown)
            stream->avg_frame_rate = frameRate.ToNative();
        if (native->sample_aspect_ratio.den != 0)
            stream->sample_aspect_ratio = native->sample_aspect_ratio;
        if (track.Language is not null)
            NativeExtensions.SetMetadata(ref stream->metadata, "language", track.Language);
        foreach (var (key, value) in track.Metadata)
            NativeExtensions.SetMetadata(ref stream->metadata, key, value);
        CopyDisplayMatrix(track.Parameters.DisplayMatrix, stream);
    }

    public static string ContainerName(string format) => format switch
    {
        "mp4" => "MP4",
        "webm" => "WebM",
        "matroska" => "Matroska",
        _ => format,
    };

    private static void CopyDisplayMatrix(ReadOnlySpan<byte> matrix, AVStream* stream)
    {
        if (matrix.IsEmpty)
            return;
        var copy = NativeError.NotNull(
            ffmpeg.av_stream_new_side_data(stream, AVPacketSideDataType.AV_PKT_DATA_DISPLAYMATRIX, (ulong)matrix.Length));
        matrix.CopyTo(new Span<byte>(copy, matrix.Length));
    }

    private static uint Tag(string text) => text[0] | (uint)text[1] << 8 | (uint)text[2] << 16 | (uint)text[3] << 24;
}
