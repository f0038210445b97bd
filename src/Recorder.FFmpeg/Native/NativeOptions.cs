using System.Globalization;
using System.Runtime.InteropServices;

namespace Recorder.FFmpeg;

/// <summary>An AVDictionary of options for one call. FFmpeg removes the options that it used.</summary>
internal sealed unsafe class NativeOptions : IDisposable
{
    private AVDictionary* _pointer;

    /// <summary>The dictionary. A call that takes its address replaces it.</summary>
    public AVDictionary* Pointer
    {
        get => _pointer;
        set => _pointer = value;
    }

    public void Set(string key, string value) => Set(ref _pointer, key, value);

    public void Set(string key, long value) => Set(key, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>Sets an entry of a dictionary that FFmpeg owns.</summary>
    public static void Set(ref AVDictionary* dictionary, string key, string value)
    {
        fixed (AVDictionary** pointer = &dictionary)
            NativeError.Check(ffmpeg.av_dict_set(pointer, key, value, 0), $"Setting {key}");
    }

    /// <summary>Opens a codec with these options.</summary>
    /// <returns>FFmpeg's code, negative on failure.</returns>
    public int OpenCodec(AVCodecContext* context, AVCodec* codec)
    {
        fixed (AVDictionary** pointer = &_pointer)
            return ffmpeg.avcodec_open2(context, codec, pointer);
    }

    /// <summary>Opens a source with these options.</summary>
    /// <returns>FFmpeg's code, negative on failure.</returns>
    public int OpenInput(AVFormatContext** context, string url, AVInputFormat* format)
    {
        fixed (AVDictionary** pointer = &_pointer)
            return ffmpeg.avformat_open_input(context, url, format, pointer);
    }

    /// <summary>Opens a muxer with these options.</summary>
    /// <returns>FFmpeg's code, negative on failure.</returns>
    public int WriteHeader(AVFormatContext* context)
    {
        fixed (AVDictionary** pointer = &_pointer)
            return ffmpeg.avformat_write_header(context, pointer);
    }

    /// <summary>The names of the remaining options: after a call, those that FFmpeg did not recognize.</summary>
    public List<string> Keys()
    {
        var keys = new List<string>();
        AVDictionaryEntry* entry = null;
        while ((entry = ffmpeg.av_dict_get(_pointer, "", entry, ffmpeg.AV_DICT_IGNORE_SUFFIX)) != null)
            keys.Add(Marshal.PtrToStringUTF8((nint)entry->key)!);
        return keys;
    }

    public static string? Get(AVDictionary* dictionary, string key)
    {
        var entry = ffmpeg.av_dict_get(dictionary, key, null, 0);
        return entry == null ? null : Marshal.PtrToStringUTF8((nint)entry->value);
    }

    public void Dispose()
    {
        fixed (AVDictionary** pointer = &_pointer)
            ffmpeg.av_dict_free(pointer);
    }
}
