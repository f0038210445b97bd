using System.Globalization;

namespace Recorder.Actors.Storage;

/// <summary>A data folder taken by this process until it ends, however it ends.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    private FolderLock(FileStream file) => _file = file;

    /// <summary>Takes a folder.</summary>
    /// <exception cref="IOException">Another node has it; the message names its process.</exception>
    public static FolderLock Take(string folder)
    {
        var path = Path.Combine(Path.GetFullPath(folder), "node.lock");
        try
        {
            // The lock is the file system's and ends with the process; what is in the file is for people.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)));
            file.Flush();
            return new FolderLock(file);
        }
        catch (IOException taken) when (File.Exists(path))
        {
            throw new IOException(
                $"The data folder '{folder}' is used by another node, or cannot be locked ({taken.Message}); stop that node, or choose another " +
                "folder.", taken);
        }
    }

    public void Dispose() => _file.Dispose();
}
