#pragma warning disable CA1416 // The specs run on Unix.

using Recorder.Actors.Secrets;
using Recorder.Node.Security;

namespace Recorder.Node.Tests.Security;

public sealed class SecretSealSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("seal").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_source_with_credentials_is_unreadable_at_rest_and_readable_after_a_restart()
    {
        string text;
        using (var seal = SecretSeal.In(Path.Combine(_folder, "keys")))
        {
            text = seal.Encrypt("rtsp://user:geheim@camera/stream");
            text.ShouldStartWith("sealed:v1:");
            seal.Encrypt("rtsp://user:geheim@camera/stream").ShouldNotBe(text);
        }

        using var again = SecretSeal.In(Path.Combine(_folder, "keys"));
        again.Decrypt(text).ShouldBe("rtsp://user:geheim@camera/stream");
    }

    [Fact]
    public void The_key_is_its_owners_alone()
    {
        using var seal = SecretSeal.In(Path.Combine(_folder, "keys"));
        File.GetUnixFileMode(Path.Combine(_folder, "keys", "secret.key")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.GetUnixFileMode(Path.Combine(_folder, "keys")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.GetFiles(Path.Combine(_folder, "keys")).ShouldHaveSingleItem();
    }

    [Fact]
    public void Another_key_or_a_changed_text_opens_nothing()
    {
        using var seal = SecretSeal.In(Path.Combine(_folder, "a"));
        using var other = SecretSeal.In(Path.Combine(_folder, "b"));
        var text = seal.Encrypt("rtsp://user:geheim@camera/stream");
        Should.Throw<SecretUnreadableException>(() => other.Decrypt(text)).Message.ShouldContain("another key");
        Should.Throw<SecretUnreadableException>(() => seal.Decrypt(text[..^4] + "AAA="));
        Should.Throw<SecretUnreadableException>(() => seal.Decrypt("sealed:v1:!"));
        Should.Throw<SecretUnreadableException>(() => seal.Decrypt("sealed:v1:"));
    }

    [Fact]
    public void What_holds_no_credentials_stays_readable()
    {
        using var seal = SecretSeal.In(_folder);
        seal.Encrypt("test:?size=640x360").ShouldBe("test:?size=640x360");
        seal.Decrypt("/videos/clip.mp4").ShouldBe("/videos/clip.mp4");
    }

    [Fact]
    public void A_key_file_that_is_none_is_named()
    {
        File.WriteAllText(Path.Combine(_folder, "secret.key"), "nonsense");
        Should.Throw<IOException>(() => SecretSeal.In(_folder)).Message.ShouldContain("secret.key' does not contain a key");
    }
}
