from straightway.application import Straightway as Straightway
